/** The time, as a thing that tests can hold in their hands. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. Operators set this clock, back and forward: it measures no duration. */
  now(): number;
  /** Milliseconds since some moment. Nobody sets this clock, but it may stand still while the machine sleeps. */
  monotonic(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** A duration that begins now and is over when the first of the two clocks says so, so that neither can prolong it. */
export class Countdown {
  readonly #clock: Clock;
  readonly #monotonicEnd: number;
  readonly #wallEnd: number;

  constructor(clock: Clock, ms: number) {
    this.#clock = clock;
    this.#monotonicEnd = clock.monotonic() + ms;
    this.#wallEnd = clock.now() + ms;
  }

  get isOver(): boolean {
    return this.#clock.monotonic() >= this.#monotonicEnd || this.#clock.now() >= this.#wallEnd;
  }
}
