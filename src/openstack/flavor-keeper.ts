import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeError, type Logger } from '../logger';
import type { FlavorId } from '../registrations/flavor-id';
import type { KeptFlavor, KeptFlavors, NovaPlace } from '../registrations/kept-flavors';
import type { NextTurn } from '../registrations/in-turns';
import type { Remembered } from './flavor-memory';

/** Long enough that a registration has been written by the time what Nova said of its flavors is kept. */
const GATHERING_MS = 1_000;
/** Rows of one transaction, and of one query: either stops everything else in this process for as long as it takes. */
const MOST_AT_ONCE = 250;
/** An answer that stays the same is written again only to say that it still holds, so many times in its longest life. */
const WORDS_IN_A_LIFE = 24;

/**
 * Keeps what Nova said for a process that starts while Nova is away. Written a moment later and behind everybody's back:
 * no reader waits for the disk, and whoever fails here has lost nothing.
 */
export class FlavorKeeper {
  /** Which Nova said what is pending. */
  private place: NovaPlace | undefined;
  private pending = new Map<FlavorId, Remembered>();
  private readonly isOff: boolean;
  private readonly repeatAfterMs: number;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly kept: KeptFlavors,
    private readonly options: {
      /** Which Nova is asked. Fails when Keystone cannot tell. */
      readonly locate: (globalRequestId: string) => Promise<NovaPlace>;
      /** For how long what is kept may have to do; 0 keeps nothing. */
      readonly maxStaleSeconds: number;
      readonly logger: Logger;
    },
  ) {
    this.isOff = options.maxStaleSeconds === 0;
    this.repeatAfterMs = (options.maxStaleSeconds * 1000) / WORDS_IN_A_LIFE;
  }

  /**
   * What was kept of these ids, by this process or another one; piece by piece.
   * @throws RegisteredFlavorsError `unavailable` when Keystone does not tell which Nova is asked, so that none can be
   */
  async *find(
    flavorIds: readonly FlavorId[],
    options: { globalRequestId: string; nextTurn: NextTurn },
  ): AsyncGenerator<KeptFlavor[]> {
    if (this.isOff || flavorIds.length === 0) return;
    const place = await this.options.locate(options.globalRequestId);
    for (let from = 0; from < flavorIds.length; from += MOST_AT_ONCE) {
      if (from > 0) await options.nextTurn();
      yield this.kept.find(place, flavorIds.slice(from, from + MOST_AT_ONCE));
    }
  }

  /** Takes note of what this Nova has just said. */
  keep(place: NovaPlace | undefined, flavorId: FlavorId, said: Remembered): void {
    if (this.isOff || place === undefined) return;
    if (place.computeEndpoint !== this.place?.computeEndpoint) this.pending.clear(); // it has moved: that was another one
    this.place = place;
    this.pending.set(flavorId, said);
    this.timer ??= setTimeout(() => void this.write(), GATHERING_MS).unref();
  }

  /** Writes what is still to be written. */
  async close(): Promise<void> {
    await this.write();
  }

  private write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { place } = this;
    const rows = this.pending;
    this.pending = new Map();
    if (place !== undefined && rows.size > 0) this.writing = this.writing.then(() => this.writeAll(place, rows));
    return this.writing;
  }

  private async writeAll(place: NovaPlace, rows: ReadonlyMap<FlavorId, Remembered>): Promise<void> {
    try {
      let piece: KeptFlavor[] = [];
      let left = rows.size;
      for (const [flavorId, said] of rows) {
        piece.push({ flavorId, ...this.asKept(said) });
        left -= 1;
        if (left > 0 && piece.length < MOST_AT_ONCE) continue;
        await this.kept.keep(place, piece, { repeatAfterMs: this.repeatAfterMs });
        await nextTurn();
        piece = [];
      }
    } catch (error) {
      // They are still to be kept: the next time that Nova says so they are tried again.
      this.options.logger.warn('what Nova said of flavors could not be kept for a restart', {
        flavors: rows.size,
        reason: describeError(error).error,
      });
    }
  }

  /** A row has one time: that of the older of the two. An access list that nobody may use any more is left out. */
  private asKept({ answer, askedAt, accessAskedAt = askedAt }: Remembered): Pick<KeptFlavor, 'answer' | 'askedAt'> {
    const isAccessTooOld = askedAt - accessAskedAt >= this.options.maxStaleSeconds * 1000;
    if (answer.status === 'found' && isAccessTooOld) {
      return { answer: { status: 'found', flavor: answer.flavor }, askedAt };
    }
    return { answer, askedAt: Math.min(askedAt, accessAskedAt) };
  }
}
