import { FairQueue } from './fair-queue';

/** How long work may go on in one phase of the event loop before it has to wait for its turn. */
const SLICE_MS = 5;
/** While connections come, the loop has so many times as long for them as for the work of others. */
const ROOM_FOR_NEWCOMERS = 4;
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
  /** Whether a connection has come since this was looked at last, and until when work leaves room for others then. */
  #hasNewcomer = false;
  #roomUntil = 0;

  /**
   * Asks for a turn.
   * @returns undefined when the caller may go on at once; otherwise a promise that resolves at the caller's turn
   */
  take(key: string): Promise<void> | undefined {
    const now = performance.now();
    if (this.#sliceBeganAt === undefined) {
      this.#sliceBeganAt = now;
      setImmediate(this.#nextSlice);
    }
    const hasTime = now - this.#sliceBeganAt < SLICE_MS && !this.isCrowded;
    if (hasTime && this.#waiting.size === 0) return undefined;
    return new Promise((resolve) => this.#waiting.add(key, resolve));
  }

  /**
   * Tells that a connection has come. More may stand behind it: libuv accepts one in an iteration of the loop, however
   * many wait. So that the last of them does not wait for as many slices, most of the time is theirs as long as they come.
   */
  newcomer(): void {
    this.#hasNewcomer = true;
  }

  /** Whether work waits for those who come at present. */
  get isCrowded(): boolean {
    return this.#hasNewcomer && performance.now() < this.#roomUntil;
  }

  /** Once in each iteration of the loop, for as long as there is work. */
  readonly #nextSlice = (): void => {
    const { isCrowded } = this;
    this.#hasNewcomer = false;
    if (isCrowded) {
      setImmediate(this.#nextSlice);
      return;
    }
    const goOn = this.#waiting.take();
    if (goOn === undefined) {
      this.#endSlice();
      this.#sliceBeganAt = undefined;
      return;
    }
    this.#sliceBeganAt = performance.now();
    goOn();
    // For the next iteration. An immediate for each piece: before the next one, Node runs the microtasks, where the
    // piece is, so that it is known what is left of the slice.
    setImmediate(this.#nextSlice);
    const more = Math.min(this.#waiting.size, MAX_PIECES_IN_A_SLICE) - 1;
    for (let piece = 0; piece < more; piece += 1) setImmediate(this.#continueSlice);
    setImmediate(this.#endSlice);
  };

  readonly #continueSlice = (): void => {
    if (this.#sliceBeganAt !== undefined && performance.now() - this.#sliceBeganAt < SLICE_MS) this.#waiting.take()?.();
  };

  readonly #endSlice = (): void => {
    if (this.#sliceBeganAt === undefined) return;
    const now = performance.now();
    // No longer than behind a whole slice: others wait meanwhile, also when the last piece was a long one.
    this.#roomUntil = now + ROOM_FOR_NEWCOMERS * Math.min(SLICE_MS, now - this.#sliceBeganAt);
  };
}
