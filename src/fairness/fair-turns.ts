import { FairQueue } from './fair-queue';

/** How long work may go on in one phase of the event loop before it has to wait for its turn. */
const SLICE_MS = 5;
/** How many pieces of work that waited may go on in one slice: as many small requests as there are in one. */
const MAX_PIECES_IN_A_SLICE = 32;

/**
 * Shares the event loop between callers. Node runs whatever is ready, so that a caller with many requests, or with long
 * ones, would get nearly all of the processor. Here each piece of work asks for a turn under its caller's key. While the
 * loop has time, it gets one at once; beyond that, the callers take turns, a slice of pieces in each iteration of the
 * loop, and the loop looks for new requests in between.
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
      setImmediate(this.#beginSlice);
      return undefined;
    }
    if (this.#waiting.size === 0 && this.#hasTime(this.#sliceBeganAt)) return undefined;
    return new Promise((resolve) => this.#waiting.add(key, resolve));
  }

  /** Once in each iteration of the loop, for as long as there is work. */
  readonly #beginSlice = (): void => {
    const goOn = this.#waiting.take();
    if (goOn === undefined) {
      this.#sliceBeganAt = undefined;
      return;
    }
    this.#sliceBeganAt = performance.now();
    goOn();
    // For the next iteration. An immediate for each piece: before the next one, Node runs the microtasks, where the
    // piece is, so that it is known what is left of the slice.
    setImmediate(this.#beginSlice);
    const more = Math.min(this.#waiting.size, MAX_PIECES_IN_A_SLICE) - 1;
    for (let piece = 0; piece < more; piece += 1) setImmediate(this.#continueSlice);
  };

  readonly #continueSlice = (): void => {
    if (this.#sliceBeganAt !== undefined && this.#hasTime(this.#sliceBeganAt)) this.#waiting.take()?.();
  };

  #hasTime(sliceBeganAt: number): boolean {
    return performance.now() - sliceBeganAt < SLICE_MS;
  }
}
