import { FairQueue } from './fair-queue';

/** How long work may go on in one iteration of the event loop before it has to wait for its turn. */
const SLICE_MS = 5;

/**
 * Shares the event loop between callers. Node runs whatever is ready, so that a caller with many requests, or with long
 * ones, would get nearly all of the processor. Here each piece of work asks for a turn under its caller's key. While the
 * loop has time, it gets one at once; beyond that, the callers take turns, one piece in each iteration of the loop, and
 * the loop looks for new requests in between.
 */
export class FairTurns {
  readonly #waiting = new FairQueue<() => void>();
  /** When the present slice began (`performance.now`); undefined while nothing runs. */
  #sliceBeganAt: number | undefined;

  /**
   * Asks for a turn.
   * @returns undefined when the caller may go on at once; otherwise a promise that resolves at the caller's turn
   */
  take(key: string): Promise<void> | undefined {
    if (this.#sliceBeganAt === undefined) {
      this.#sliceBeganAt = performance.now();
      setImmediate(this.#tick);
      return undefined;
    }
    if (this.#waiting.size === 0 && performance.now() - this.#sliceBeganAt < SLICE_MS) return undefined;
    return new Promise((resolve) => this.#waiting.add(key, resolve));
  }

  /** Once in each iteration of the loop, for as long as there is work. */
  readonly #tick = (): void => {
    const goOn = this.#waiting.take();
    if (goOn === undefined) {
      this.#sliceBeganAt = undefined;
      return;
    }
    this.#sliceBeganAt = performance.now();
    goOn();
    setImmediate(this.#tick);
  };
}
