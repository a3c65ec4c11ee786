import { FairQueue } from './fair-queue';

export interface FairSlotsOptions {
  /** How many may work at once. */
  readonly slots: number;
  /** How many of them may be of one key. */
  readonly slotsPerKey: number;
}

/**
 * Bounds how much large work is under way at once: what it holds in memory until it ends counts so many times and no
 * more. The keys take turns, and no key takes all slots.
 */
export class FairSlots {
  readonly #options: FairSlotsOptions;
  readonly #waiting = new FairQueue<() => void>();
  readonly #taken = new Map<string, number>();
  #free: number;

  constructor(options: FairSlotsOptions) {
    this.#options = options;
    this.#free = options.slots;
  }

  /**
   * Waits for a slot and does the work in it. Whoever is gone (the signal) before there is one waits no longer, and the
   * work is not done.
   * @throws the reason of the signal
   */
  async execute<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    await this.#acquire(key, signal);
    try {
      return await work();
    } finally {
      this.#release(key);
    }
  }

  #acquire(key: string, signal: AbortSignal | undefined): Promise<void> | undefined {
    if (this.#free > 0 && this.#isBelowShare(key)) {
      this.#occupy(key);
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.remove(key, enter);
        reject(signal?.reason as Error);
      };
      const enter = (): void => {
        signal?.removeEventListener('abort', leave);
        this.#occupy(key);
        resolve();
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.add(key, enter);
    });
  }

  #occupy(key: string): void {
    this.#free -= 1;
    this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
  }

  #release(key: string): void {
    this.#free += 1;
    const left = (this.#taken.get(key) ?? 1) - 1;
    if (left === 0) this.#taken.delete(key);
    else this.#taken.set(key, left);
    this.#waiting.take((each) => this.#isBelowShare(each))?.();
  }

  #isBelowShare(key: string): boolean {
    return (this.#taken.get(key) ?? 0) < this.#options.slotsPerKey;
  }
}
