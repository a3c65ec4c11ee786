/**
 * Fair queuing (RFC 970): items of one key wait in the order in which they came, and the keys take turns. A key with a
 * thousand items holds up another key's first item by one item, not by a thousand.
 */
export class RoundRobin<T> {
  /** The keys with items, in the order of their turns: a `Map` keeps the order of insertion. */
  readonly #queues = new Map<string, T[]>();
  #size = 0;

  /** How many items wait, over all keys. */
  get size(): number {
    return this.#size;
  }

  add(key: string, item: T): void {
    this.#size += 1;
    const queue = this.#queues.get(key);
    if (queue === undefined) this.#queues.set(key, [item]);
    else queue.push(item);
  }

  /** Takes the next item of the first key that is ready, and moves the key behind the others; undefined if there is none. */
  take(isReady: (key: string) => boolean = () => true): T | undefined {
    for (const [key, queue] of this.#queues) {
      if (!isReady(key)) continue;
      const item = queue.shift();
      this.#queues.delete(key);
      if (queue.length > 0) this.#queues.set(key, queue);
      this.#size -= 1;
      return item;
    }
    return undefined;
  }
}
