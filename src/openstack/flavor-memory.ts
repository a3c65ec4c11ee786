import { LRUCache } from 'lru-cache';
import { type Flavor, mayBeSameFlavor, sameFlavor } from '../registrations/flavor';
import type { FlavorAnswer } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import type { KeptFlavor } from '../registrations/kept-flavors';

/** What Nova said of an id, and when. */
export interface Remembered {
  readonly answer: FlavorAnswer;
  /** When Nova was asked for the flavor: milliseconds since 1970-01-01T00:00:00Z. */
  readonly askedAt: number;
  /** When it was asked who may use it; undefined as long as that is not known. */
  readonly accessAskedAt?: number | undefined;
}

/**
 * What Nova said of flavors, the last word on each; the least used ones go when there are too many.
 *
 * An access list is remembered under the flavor as Nova describes it, and goes as soon as Nova describes the flavor in
 * another way: the id of a deleted flavor can be used again, and an access list must never go with another flavor than
 * the one it was asked with. That Nova begins or ceases to tell the extra specs is no other way: its policy was changed.
 */
export class FlavorMemory {
  private readonly remembered: LRUCache<FlavorId, Remembered>;
  private changes = 0;

  constructor(private readonly maxEntries: number) {
    this.remembered = new LRUCache({ max: maxEntries });
  }

  /**
   * Another number whenever Nova has said something else of an id than before. An access list that is learned for the
   * first time changes nothing: what was made without it was not good for another look.
   */
  get revision(): number {
    return this.changes;
  }

  has(flavorId: FlavorId): boolean {
    return this.remembered.has(flavorId);
  }

  recall(flavorId: FlavorId): Remembered | undefined {
    return this.remembered.get(flavorId);
  }

  /** Takes Nova's word on a flavor. When it is the same as before, the answer stays the same object, access included. */
  remember(flavorId: FlavorId, said: FlavorAnswer, askedAt: number): Remembered {
    const known = this.remembered.peek(flavorId);
    if (known !== undefined && isSame(known.answer, said)) return this.set(flavorId, { ...known, askedAt });
    if (known !== undefined) this.changes += 1;
    return this.set(flavorId, known === undefined ? { answer: said, askedAt } : withAccessOf(known, said, askedAt));
  }

  /** Takes Nova's word on who may use a flavor, unless that is no longer the flavor that is remembered. */
  rememberAccess(flavor: Flavor, access: ReadonlySet<string>, accessAskedAt: number): Remembered | undefined {
    const known = this.remembered.peek(flavor.id);
    if (known?.answer.status !== 'found' || !mayBeSameFlavor(known.answer.flavor, flavor)) return undefined;
    const before = known.answer.access;
    if (before !== undefined && isSameSet(before, access)) return this.set(flavor.id, { ...known, accessAskedAt });
    if (before !== undefined) this.changes += 1;
    return this.set(flavor.id, { ...known, answer: { ...known.answer, access }, accessAskedAt });
  }

  /** Takes what was kept of ids about which nothing is known. */
  restore(kept: readonly KeptFlavor[]): void {
    for (const { flavorId, answer, askedAt } of kept) {
      if (this.remembered.has(flavorId)) continue;
      const hasAccess = answer.status === 'found' && answer.access !== undefined;
      this.remembered.set(flavorId, { answer, askedAt, accessAskedAt: hasAccess ? askedAt : undefined });
    }
  }

  /** Takes Nova's word of a flavor that nobody asked for, as long as no other has to go for it. */
  rememberToo(flavor: Flavor, askedAt: number): void {
    const hasRoom = this.remembered.size < this.maxEntries || this.remembered.has(flavor.id);
    if (hasRoom) this.remember(flavor.id, { status: 'found', flavor }, askedAt);
  }

  private set(flavorId: FlavorId, remembered: Remembered): Remembered {
    this.remembered.set(flavorId, remembered);
    return remembered;
  }
}

/** Whether Nova says the same of the flavor; who may use it is another matter. */
function isSame(a: FlavorAnswer, b: FlavorAnswer): boolean {
  if (a.status === 'missing' || b.status === 'missing') return a.status === b.status;
  return sameFlavor(a.flavor, b.flavor);
}

/** What Nova says now, with the access list of before when it may be of the same flavor. */
function withAccessOf({ answer, accessAskedAt }: Remembered, said: FlavorAnswer, askedAt: number): Remembered {
  if (answer.status === 'missing' || said.status === 'missing' || !mayBeSameFlavor(answer.flavor, said.flavor)) {
    return { answer: said, askedAt };
  }
  return { answer: { ...said, access: answer.access }, askedAt, accessAskedAt };
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((each) => b.has(each));
}
