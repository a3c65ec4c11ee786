import { FairQueue } from '../fairness/fair-queue';

/** What all connections together may send of what is dropped, in a millisecond: 64 MiB a second. */
const BYTES_PER_MS = 64 * 1024;
/** So much at once, after a while in which nothing was dropped. */
const MAX_BURST_BYTES = 4 * 1024 * 1024;
const TICK_MS = 10;
/** What Node reads from a connection at once. */
const READ_BYTES = 64 * 1024;

/**
 * Bounds how fast bodies that nobody wants are read, since each byte costs the process and the machine as much as one
 * that is wanted. Beyond the rate, connections wait, and their sources take turns.
 */
export class DropRate {
  readonly #waiting = new FairQueue<() => void>();
  #left = MAX_BURST_BYTES;
  #countedAt = performance.now();
  #tick: NodeJS.Timeout | undefined;

  /**
   * Counts bytes that were dropped.
   * @param goOn is called when more may be read, unless that is so already
   * @returns whether it is
   */
  spend(source: string, bytes: number, goOn: () => void): boolean {
    this.#refill();
    this.#left -= bytes;
    if (this.#left > 0) return true;
    this.#waiting.add(source, goOn);
    this.#tick ??= setInterval(this.#goOn, TICK_MS).unref();
    return false;
  }

  readonly #goOn = (): void => {
    this.#refill();
    for (let bytes = this.#left; bytes > 0 && this.#waiting.size > 0; bytes -= READ_BYTES) this.#waiting.take()?.();
    if (this.#waiting.size > 0) return;
    clearInterval(this.#tick);
    this.#tick = undefined;
  };

  #refill(): void {
    const now = performance.now();
    this.#left = Math.min(MAX_BURST_BYTES, this.#left + (now - this.#countedAt) * BYTES_PER_MS);
    this.#countedAt = now;
  }
}
