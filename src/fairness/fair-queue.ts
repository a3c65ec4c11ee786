/**
 * Fair queuing (RFC 970): entries of one source wait in the order in which they came, and the sources take turns. When
 * there is no room, the newest entry of the longest line has to go: a source that sends much waits behind itself, and
 * takes nobody else's room.
 */
export class FairQueue<T> {
  /** In the order of their turns; none is empty. */
  readonly #lines = new Map<string, T[]>();
  #size = 0;

  constructor(private readonly maxSize = Infinity) {}

  /** How many entries wait, of all sources. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds an entry at the end of its source's line.
   * @returns the entry that has to go for it, which may be the same one
   */
  add(source: string, entry: T): T | undefined {
    const line = this.#lines.get(source) ?? [];
    line.push(entry);
    this.#lines.set(source, line);
    this.#size += 1;
    return this.#size > this.maxSize ? this.#dropNewest(this.#longest(source, line)) : undefined;
  }

  /** Takes the oldest entry of the first source that is ready; its next turn comes after all others. */
  take(isReady: (source: string) => boolean = () => true): T | undefined {
    for (const [source, line] of this.#lines) {
      if (!isReady(source)) continue;
      const entry = line.shift();
      this.#size -= 1;
      this.#lines.delete(source);
      if (line.length > 0) this.#lines.set(source, line);
      return entry;
    }
    return undefined;
  }

  /** Takes an entry out of its source's line; false when it is not there any more. */
  remove(source: string, entry: T): boolean {
    const line = this.#lines.get(source) ?? [];
    const at = line.indexOf(entry);
    if (at < 0) return false;
    line.splice(at, 1);
    this.#size -= 1;
    if (line.length === 0) this.#lines.delete(source);
    return true;
  }

  /** The line of the source itself, unless another one is longer still. */
  #longest(source: string, line: T[]): { source: string; line: T[] } {
    let longest = { source, line };
    for (const [otherSource, other] of this.#lines) {
      if (other.length > longest.line.length) longest = { source: otherSource, line: other };
    }
    return longest;
  }

  #dropNewest({ source, line }: { source: string; line: T[] }): T | undefined {
    const entry = line.pop();
    this.#size -= 1;
    if (line.length === 0) this.#lines.delete(source);
    return entry;
  }
}
