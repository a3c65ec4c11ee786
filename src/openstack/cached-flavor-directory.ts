import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock';
import { sameFlavor } from '../registrations/flavor';
import type { FlavorAnswer, FlavorDirectory, LookUp, LookUpOptions } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import { LookUpBatches, type WantedFlavors } from './look-up-batches';
import type { Learned, NovaFlavorDirectory } from './nova-flavor-directory';
import { waitForNova } from './within-deadline';

interface Remembered {
  readonly answer: FlavorAnswer;
  /** When Nova was asked: milliseconds since 1970-01-01T00:00:00Z. */
  readonly askedAt: number;
}

export interface CachedFlavorDirectoryOptions {
  /** How long an answer of Nova is good. */
  readonly ttlSeconds: number;
  readonly maxEntries: number;
  /** How long whoever asks waits for Nova. */
  readonly deadlineMs: number;
}

/**
 * Remembers what Nova said of flavors, missing ones included, and asks it about the rest, one batch at a time.
 *
 * A flavor and its access list are remembered as one: the id of a deleted flavor can be used again, and an access list
 * must never go with another flavor than the one it was asked with.
 */
export class CachedFlavorDirectory implements FlavorDirectory {
  private readonly remembered: LRUCache<FlavorId, Remembered>;
  private readonly batches = new LookUpBatches((wanted, globalRequestId) => this.learn(wanted, globalRequestId));
  private readonly ttlMs: number;
  private changes = 0;

  constructor(
    private readonly nova: NovaFlavorDirectory,
    private readonly options: CachedFlavorDirectoryOptions,
    private readonly clock: Clock,
  ) {
    this.remembered = new LRUCache({ max: options.maxEntries });
    this.ttlMs = options.ttlSeconds * 1000;
  }

  get revision(): number {
    return this.changes;
  }

  async lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<LookUp> {
    const { ttlMs } = this;
    const { good, wanted, askedFor } = this.recall(flavorIds, options, this.clock.now() - ttlMs);
    const all = wanted.size === 0 ? good : new Map([...good, ...(await this.ask(wanted, options))]);
    let goodUntil = Infinity;
    for (const { answer, askedAt } of all.values()) {
      goodUntil = Math.min(goodUntil, suffices(answer, options) ? askedAt + ttlMs : 0);
    }
    return { answers: new Map([...all].map(([flavorId, { answer }]) => [flavorId, answer])), goodUntil, askedFor };
  }

  /** What is remembered that will do, and what has to be asked. */
  private recall(flavorIds: readonly FlavorId[], options: LookUpOptions, goodSince: number) {
    const good = new Map<FlavorId, Remembered>();
    const wanted = new Map<FlavorId, boolean>();
    let askedFor = 'nothing' as LookUp['askedFor'];
    for (const flavorId of flavorIds) {
      const known = options.fresh ? undefined : this.remembered.get(flavorId);
      if (known !== undefined && known.askedAt > goodSince && suffices(known.answer, options)) {
        good.set(flavorId, known);
      } else {
        // An access list that somebody needed is renewed with the flavor: an admin's read must not lose it.
        wanted.set(flavorId, options.withAccess || hasAccess(known?.answer));
        askedFor = known === undefined || askedFor === 'the unknown' ? 'the unknown' : 'the old';
      }
    }
    return { good, wanted, askedFor };
  }

  private async ask(wanted: WantedFlavors, options: LookUpOptions): Promise<Map<FlavorId, Remembered>> {
    const { globalRequestId, signal, fresh } = options;
    const looks = this.batches.join(wanted, { joinsRunning: !fresh, globalRequestId });
    await waitForNova(Promise.all(new Set(looks.values())), { deadlineMs: this.options.deadlineMs, signal });
    const answers = new Map<FlavorId, Remembered>();
    for (const [flavorId, look] of looks) {
      const { answers: learned, failures, askedAt } = await look;
      const failure = failures.get(flavorId);
      if (failure !== undefined) throw failure;
      const answer = learned.get(flavorId);
      if (answer !== undefined) answers.set(flavorId, { answer, askedAt });
    }
    return answers;
  }

  /** Asks Nova and remembers what it says, and then, where there is room, of what else went by in a list. */
  private async learn(wanted: WantedFlavors, globalRequestId: string): Promise<Learned> {
    const learned = await this.nova.lookUp(wanted, globalRequestId);
    const answers = new Map<FlavorId, FlavorAnswer>();
    const wentBy: [FlavorId, FlavorAnswer][] = [];
    for (const [flavorId, answer] of learned.answers) {
      if (wanted.has(flavorId)) answers.set(flavorId, this.remember(flavorId, answer, learned.askedAt));
      else if (isWhole(answer)) wentBy.push([flavorId, answer]);
    }
    for (const [flavorId, answer] of wentBy) {
      if (this.hasRoomFor(flavorId)) this.remember(flavorId, answer, learned.askedAt);
    }
    return { ...learned, answers };
  }

  private hasRoomFor(flavorId: FlavorId): boolean {
    return this.remembered.has(flavorId) || this.remembered.size < this.options.maxEntries;
  }

  private remember(flavorId: FlavorId, said: FlavorAnswer, askedAt: number): FlavorAnswer {
    const known = this.remembered.peek(flavorId)?.answer;
    const answer = known !== undefined && isSame(known, said) ? known : said;
    if (known !== undefined && answer !== known) this.changes += 1;
    this.remembered.set(flavorId, { answer, askedAt });
    return answer;
  }
}

function hasAccess(answer: FlavorAnswer | undefined): boolean {
  return answer?.status === 'found' && answer.access !== undefined;
}

/** Whether an answer says all that anybody may want to know; not when there is an access list that was not learned. */
function isWhole(answer: FlavorAnswer): boolean {
  if (answer.status === 'missing' || answer.flavor.isPublic || answer.flavor.isDisabled === true) return true;
  return answer.access !== undefined;
}

function suffices(answer: FlavorAnswer, { withAccess }: LookUpOptions): boolean {
  return !withAccess || isWhole(answer);
}

function isSame(a: FlavorAnswer, b: FlavorAnswer): boolean {
  if (a.status === 'missing' || b.status === 'missing') return a.status === b.status;
  return sameFlavor(a.flavor, b.flavor) && isSameSet(a.access, b.access);
}

function isSameSet(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.size === b.size && [...a].every((each) => b.has(each));
}
