import { LRUCache } from 'lru-cache';
import { type Flavor, sameFlavor } from '../registrations/flavor';
import type { FlavorAnswer } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import type { KeptFlavor } from '../registrations/kept-flavors';

/** What Nova said of an id, and when. */
export interface Remembered {
  readonly answer: FlavorAnswer;
  /** When Nova was asked: milliseconds since 1970-01-01T00:00:00Z. */
  readonly askedAt: number;
}

/**
 * What Nova said of flavors, the last word on each; the least used ones go when there are too many.
 *
 * A flavor and its access list are remembered as one: the id of a deleted flavor can be used again, and an access list
 * must never go with another flavor than the one it was asked with.
 */
export class FlavorMemory {
  private readonly remembered: LRUCache<FlavorId, Remembered>;
  private changes = 0;

  constructor(private readonly maxEntries: number) {
    this.remembered = new LRUCache({ max: maxEntries });
  }

  /** Another number whenever Nova has said something else of an id than before. */
  get revision(): number {
    return this.changes;
  }

  has(flavorId: FlavorId): boolean {
    return this.remembered.has(flavorId);
  }

  recall(flavorId: FlavorId): Remembered | undefined {
    return this.remembered.get(flavorId);
  }

  /** Takes Nova's word. When it is the same as before, the answer stays the same object. */
  remember(flavorId: FlavorId, said: FlavorAnswer, askedAt: number): Remembered {
    const known = this.remembered.peek(flavorId);
    const isAsBefore = known !== undefined && isSame(known.answer, said);
    if (known !== undefined && !isAsBefore) this.changes += 1;
    const remembered = { answer: isAsBefore ? known.answer : said, askedAt };
    this.remembered.set(flavorId, remembered);
    return remembered;
  }

  /** Takes what was kept of ids about which nothing is known. */
  restore(kept: readonly KeptFlavor[]): void {
    for (const { flavorId, answer, askedAt } of kept) {
      if (!this.remembered.has(flavorId)) this.remembered.set(flavorId, { answer, askedAt });
    }
  }

  /** Takes Nova's word of a flavor that nobody asked for, as long as no other has to go for it. */
  rememberToo(flavor: Flavor, askedAt: number): void {
    const hasRoom = this.remembered.size < this.maxEntries || this.remembered.has(flavor.id);
    if (hasRoom) this.remember(flavor.id, { status: 'found', flavor }, askedAt);
  }
}

function isSame(a: FlavorAnswer, b: FlavorAnswer): boolean {
  if (a.status === 'missing' || b.status === 'missing') return a.status === b.status;
  return sameFlavor(a.flavor, b.flavor) && isSameSet(a.access, b.access);
}

function isSameSet(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.size === b.size && [...a].every((each) => b.has(each));
}
