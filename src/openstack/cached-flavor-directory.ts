import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock';
import {
  answerFor,
  type FlavorAnswer,
  type FlavorDirectory,
  type LookUpOptions,
} from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';

type Answers = ReadonlyMap<FlavorId, FlavorAnswer>;

export interface CachedFlavorDirectoryOptions {
  /** How long an answer of Nova is good, missing ones included. */
  readonly ttlSeconds: number;
  readonly maxEntries: number;
}

/**
 * Remembers what another directory said. An id is asked for by one look-up at a time: whoever needs it meanwhile waits
 * for the same answer.
 */
export class CachedFlavorDirectory implements FlavorDirectory {
  private readonly remembered: LRUCache<FlavorId, FlavorAnswer>;
  private readonly underWay = new Map<FlavorId, Promise<Answers>>();

  constructor(
    private readonly directory: FlavorDirectory,
    private readonly options: CachedFlavorDirectoryOptions,
    private readonly clock: Clock,
  ) {
    this.remembered = new LRUCache({ max: options.maxEntries });
  }

  async lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<Answers> {
    if (options.fresh) return this.ask(flavorIds, options);
    const goodSince = this.clock.now() - this.options.ttlSeconds * 1000;
    const answers = new Map<FlavorId, FlavorAnswer>();
    const joined = new Map<FlavorId, Promise<Answers>>();
    const toAsk: FlavorId[] = [];
    for (const flavorId of flavorIds) {
      const remembered = this.remembered.get(flavorId);
      const underWay = this.underWay.get(flavorId);
      if (remembered !== undefined && remembered.askedAt > goodSince) answers.set(flavorId, remembered);
      else if (underWay !== undefined) joined.set(flavorId, underWay);
      else toAsk.push(flavorId);
    }
    const asked = this.start(toAsk, options);
    for (const flavorId of toAsk) joined.set(flavorId, asked);
    await Promise.all(new Set(joined.values())); // all at once, so that no failure goes unheard while another is awaited
    for (const [flavorId, look] of joined) answers.set(flavorId, answerFor(await look, flavorId));
    return answers;
  }

  /** Begins a look-up that others may join; so it does not end when the client who began it goes away. */
  private start(flavorIds: readonly FlavorId[], { globalRequestId }: LookUpOptions): Promise<Answers> {
    if (flavorIds.length === 0) return Promise.resolve(new Map<FlavorId, FlavorAnswer>());
    const signal = new AbortController().signal;
    const look = this.ask(flavorIds, { globalRequestId, signal, fresh: false }).finally(() => {
      for (const flavorId of flavorIds) this.underWay.delete(flavorId);
    });
    for (const flavorId of flavorIds) this.underWay.set(flavorId, look);
    return look;
  }

  private async ask(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<Answers> {
    const answers = await this.directory.lookUp(flavorIds, options);
    for (const [flavorId, answer] of answers) {
      // A slow look-up must not undo what a later one (a registration's) has learned.
      if (answer.askedAt >= (this.remembered.get(flavorId)?.askedAt ?? 0)) this.remembered.set(flavorId, answer);
    }
    return answers;
  }
}
