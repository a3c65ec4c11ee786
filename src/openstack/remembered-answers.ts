import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock';
import type { FlavorId } from '../registrations/flavor-id';

export interface RememberedAnswersOptions<A> {
  /** How long an answer of Nova is good. */
  readonly ttlSeconds: number;
  readonly maxEntries: number;
  /** Whether an answer is worth remembering: not when part of it could not be learned. All are when this is left out. */
  readonly isWhole?: (answer: A) => boolean;
}

type Answers<A> = ReadonlyMap<FlavorId, A>;
type Ask<A> = (flavorIds: readonly FlavorId[]) => Promise<Answers<A>>;

/**
 * Answers of Nova, one for each flavor id, for as long as they are good. An id is asked for by one look-up at a time:
 * whoever needs it meanwhile waits for the same answer.
 */
export class RememberedAnswers<A extends { readonly askedAt: number }> {
  private readonly remembered: LRUCache<FlavorId, A>;
  private readonly underWay = new Map<FlavorId, Promise<Answers<A>>>();

  constructor(
    private readonly options: RememberedAnswersOptions<A>,
    private readonly clock: Clock,
  ) {
    this.remembered = new LRUCache({ max: options.maxEntries });
  }

  /** The remembered answers that are good still; the rest is asked for, or waited for. */
  async lookUp(flavorIds: readonly FlavorId[], ask: Ask<A>): Promise<Answers<A>> {
    const goodSince = this.clock.now() - this.options.ttlSeconds * 1000;
    const answers = new Map<FlavorId, A>();
    const joined = new Map<FlavorId, Promise<Answers<A>>>();
    const toAsk: FlavorId[] = [];
    for (const flavorId of flavorIds) {
      const remembered = this.remembered.get(flavorId);
      const underWay = this.underWay.get(flavorId);
      if (remembered !== undefined && remembered.askedAt > goodSince) answers.set(flavorId, remembered);
      else if (underWay !== undefined) joined.set(flavorId, underWay);
      else toAsk.push(flavorId);
    }
    const asked = this.start(toAsk, ask);
    for (const flavorId of toAsk) joined.set(flavorId, asked);
    await Promise.all(new Set(joined.values())); // all at once, so that no failure goes unheard while another is awaited
    for (const [flavorId, look] of joined) {
      const answer = (await look).get(flavorId);
      if (answer !== undefined) answers.set(flavorId, answer);
    }
    return answers;
  }

  /** Asks now, whatever is remembered, and remembers what comes. */
  async refresh(flavorIds: readonly FlavorId[], ask: Ask<A>): Promise<Answers<A>> {
    const answers = await ask(flavorIds);
    for (const [flavorId, answer] of answers) {
      // A slow look-up must not undo what a later one (a registration's) has learned.
      const isNewer = answer.askedAt >= (this.remembered.get(flavorId)?.askedAt ?? 0);
      if (isNewer && this.options.isWhole?.(answer) !== false) this.remembered.set(flavorId, answer);
    }
    return answers;
  }

  /** Forgets what is remembered of these: the next look-up asks. */
  forget(flavorIds: readonly FlavorId[]): void {
    for (const flavorId of flavorIds) this.remembered.delete(flavorId);
  }

  private start(flavorIds: readonly FlavorId[], ask: Ask<A>): Promise<Answers<A>> {
    if (flavorIds.length === 0) return Promise.resolve(new Map<FlavorId, A>());
    const look = this.refresh(flavorIds, ask).finally(() => {
      for (const flavorId of flavorIds) this.underWay.delete(flavorId);
    });
    for (const flavorId of flavorIds) this.underWay.set(flavorId, look);
    return look;
  }
}
