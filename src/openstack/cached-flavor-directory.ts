import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock';
import { sameFlavor } from '../registrations/flavor';
import type { FlavorAnswer, FlavorDirectory, LookUp, LookUpOptions } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import type { RegisteredFlavorsError } from '../errors';
import { LookUpBatches, type Want, type Wants } from './look-up-batches';
import type { NovaFlavorDirectory } from './nova-flavor-directory';
import { waitForNova } from './within-deadline';

interface Remembered {
  readonly answer: FlavorAnswer;
  /** When Nova was asked: milliseconds since 1970-01-01T00:00:00Z. */
  readonly askedAt: number;
}

/** What became of each id of a batch. */
type Outcomes = ReadonlyMap<FlavorId, Remembered | { readonly failure: RegisteredFlavorsError }>;

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
  private readonly batches = new LookUpBatches((wants, globalRequestId) => this.learn(wants, globalRequestId));
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
    const { good, wants, askedFor } = this.recall(flavorIds, options);
    const all = wants.size === 0 ? good : new Map([...good, ...(await this.ask(wants, options))]);
    let goodUntil = Infinity;
    for (const { answer, askedAt } of all.values()) {
      goodUntil = Math.min(goodUntil, suffices(answer, options) ? askedAt + this.ttlMs : 0);
    }
    return { answers: new Map([...all].map(([flavorId, { answer }]) => [flavorId, answer])), goodUntil, askedFor };
  }

  /** What is remembered that will do, and what has to be asked. */
  private recall(flavorIds: readonly FlavorId[], { fresh, withAccess }: LookUpOptions) {
    const good = new Map<FlavorId, Remembered>();
    const wants = new Map<FlavorId, Want>();
    let askedFor = 'nothing' as LookUp['askedFor'];
    for (const flavorId of flavorIds) {
      const known = fresh ? undefined : this.remembered.get(flavorId);
      if (known !== undefined && this.isGood(known, { withAccess })) {
        good.set(flavorId, known);
      } else {
        // An access list that somebody needed is renewed with the flavor: an admin's read must not lose it.
        wants.set(flavorId, { withAccess: withAccess || hasAccess(known?.answer), fresh });
        askedFor = known === undefined || askedFor === 'the unknown' ? 'the unknown' : 'the old';
      }
    }
    return { good, wants, askedFor };
  }

  private isGood({ answer, askedAt }: Remembered, wanted: Pick<Want, 'withAccess'>): boolean {
    return askedAt > this.clock.now() - this.ttlMs && suffices(answer, wanted);
  }

  private async ask(wants: Wants, options: LookUpOptions): Promise<Map<FlavorId, Remembered>> {
    const looks = this.batches.join(wants, options.globalRequestId);
    const { deadlineMs } = this.options;
    await waitForNova(Promise.all(new Set(looks.values())), { deadlineMs, signal: options.signal });
    const answers = new Map<FlavorId, Remembered>();
    for (const [flavorId, look] of looks) {
      const outcome = (await look).get(flavorId);
      if (outcome === undefined) continue;
      if ('failure' in outcome) throw outcome.failure;
      answers.set(flavorId, outcome);
    }
    return answers;
  }

  /** Asks Nova and remembers what it says, and then, where there is room, of what else went by in a list. */
  private async learn(wants: Wants, globalRequestId: string): Promise<Outcomes> {
    const outcomes = new Map<FlavorId, Remembered | { failure: RegisteredFlavorsError }>();
    const wanted = new Map<FlavorId, boolean>();
    for (const [flavorId, want] of wants) {
      // It may have gone by in the batch that this one had to wait for.
      const known = want.fresh ? undefined : this.remembered.get(flavorId);
      if (known !== undefined && this.isGood(known, want)) outcomes.set(flavorId, known);
      else wanted.set(flavorId, want.withAccess);
    }
    if (wanted.size === 0) return outcomes;
    const { answers, failures, wentBy, askedAt } = await this.nova.lookUp(wanted, globalRequestId);
    for (const [flavorId, answer] of answers) outcomes.set(flavorId, this.remember(flavorId, answer, askedAt));
    for (const [flavorId, failure] of failures) outcomes.set(flavorId, { failure });
    for (const flavor of wentBy) {
      if (this.hasRoomFor(flavor.id)) this.remember(flavor.id, { status: 'found', flavor }, askedAt);
    }
    return outcomes;
  }

  private hasRoomFor(flavorId: FlavorId): boolean {
    return this.remembered.has(flavorId) || this.remembered.size < this.options.maxEntries;
  }

  private remember(flavorId: FlavorId, said: FlavorAnswer, askedAt: number): Remembered {
    const known = this.remembered.peek(flavorId)?.answer;
    const answer = known !== undefined && isSame(known, said) ? known : said;
    if (known !== undefined && answer !== known) this.changes += 1;
    const remembered = { answer, askedAt };
    this.remembered.set(flavorId, remembered);
    return remembered;
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

function suffices(answer: FlavorAnswer, { withAccess }: Pick<Want, 'withAccess'>): boolean {
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
