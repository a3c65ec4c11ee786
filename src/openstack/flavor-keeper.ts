import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeError, type Logger } from '../logger';
import type { FlavorId } from '../registrations/flavor-id';
import type { KeptFlavor, KeptFlavors, NovaPlace } from '../registrations/kept-flavors';
import type { Remembered } from './flavor-memory';

/** Long enough that a registration has been written by the time what Nova said of its flavors is kept. */
const GATHERING_MS = 1_000;
/** Rows of one transaction: a write stops everything else in this process for as long as it takes. */
const MOST_AT_ONCE = 250;
/** An answer that stays the same is written again only to say that it still holds, so many times in its longest life. */
const WORDS_IN_A_LIFE = 24;

/**
 * Keeps what Nova said for a process that starts while Nova is away. Written a moment later and behind everybody's back:
 * no reader waits for the disk, and whoever fails here has lost nothing.
 */
export class FlavorKeeper {
  private readonly pending = new Map<FlavorId, Remembered>();
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
   * What was kept of these ids, by this process or another one.
   * @throws RegisteredFlavorsError `unavailable` when Keystone does not tell which Nova is asked, so that none can be
   */
  async find(flavorIds: readonly FlavorId[], globalRequestId: string): Promise<KeptFlavor[]> {
    if (this.isOff || flavorIds.length === 0) return [];
    return this.kept.find(await this.options.locate(globalRequestId), flavorIds);
  }

  /** Takes note of what Nova has just said; what stands like that in the file is not written again. */
  keep(flavorId: FlavorId, remembered: Remembered): void {
    const { askedAt, keptAt } = remembered;
    if (this.isOff || (keptAt !== undefined && askedAt - keptAt < this.repeatAfterMs)) return;
    this.pending.set(flavorId, remembered);
    this.timer ??= setTimeout(() => void this.write(), GATHERING_MS).unref();
  }

  /** Writes what is still to be written. */
  async close(): Promise<void> {
    await this.write();
  }

  private write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const rows = [...this.pending];
    this.pending.clear();
    if (rows.length > 0) this.writing = this.writing.then(() => this.writeAll(rows));
    return this.writing;
  }

  private async writeAll(rows: (readonly [FlavorId, Remembered])[]): Promise<void> {
    try {
      const place = await this.options.locate(`req-${randomUUID()}`);
      for (let from = 0; from < rows.length; from += MOST_AT_ONCE) {
        const chunk = new Map(rows.slice(from, from + MOST_AT_ONCE));
        const written = await this.kept.keep(
          place,
          [...chunk].map(([flavorId, { answer, askedAt }]) => ({ flavorId, answer, askedAt })),
        );
        for (const flavorId of written) {
          const remembered = chunk.get(flavorId);
          if (remembered !== undefined) remembered.keptAt = remembered.askedAt;
        }
        await nextTurn();
      }
    } catch (error) {
      // They are still to be kept: the next time that Nova says so they are tried again.
      this.options.logger.warn('what Nova said of flavors could not be kept for a restart', {
        flavors: rows.length,
        reason: describeError(error).error,
      });
    }
  }
}
