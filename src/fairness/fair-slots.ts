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

  /** Waits for a slot and does the work in it. */
  async execute<T>(key: string, work: () => Promise<T>): Promise<T> {
    await this.#acquire(key);
    try {
      return await work();
    } finally {
      this.#release(key);
    }
  }

  #acquire(key: string): Promise<void> | undefined {
    if (this.#free > 0 && this.#isBelowShare(key)) {
      this.#occupy(key);
      return undefined;
    }
    return new Promise((resolve) =>
      this.#waiting.add(key, () => {
        this.#occupy(key);
        resolve();
      }),
    );
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
