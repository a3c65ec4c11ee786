/** What a reader waits for, in the reader's own order; each key once. */
export type Line<Key> = Iterator<Key>;

/**
 * Things that wait for their turn. Every other turn is that of what has waited longest; the others go round the readers'
 * own lines. So a reader of few does not wait behind a reader of many, and nothing is passed over for ever.
 */
export class WaitingLines<Key, Thing> {
  /** Oldest first. */
  private readonly things = new Map<Key, Thing>();
  /** In which something may be waiting still; whose turn it is comes first. */
  private readonly lines = new Set<Line<Key>>();
  private turns = 0;

  get size(): number {
    return this.things.size;
  }

  get(key: Key): Thing | undefined {
    return this.things.get(key);
  }

  put(key: Key, thing: Thing): void {
    this.things.set(key, thing);
  }

  join(line: Line<Key>): void {
    this.lines.add(line);
  }

  /** Nobody stands in this line any more; what waits goes on waiting. */
  leave(line: Line<Key>): void {
    this.lines.delete(line);
  }

  /** The next one, which no longer waits. */
  take(): Thing | undefined {
    this.turns += 1;
    const isTurnOfOldest = this.turns % 2 === 0;
    const key = (isTurnOfOldest ? undefined : this.nextOfLines()) ?? this.oldest();
    if (key === undefined) return undefined;
    const thing = this.things.get(key);
    this.things.delete(key);
    return thing;
  }

  /** All of them, which no longer wait. */
  takeAll(): Key[] {
    const keys = [...this.things.keys()];
    this.things.clear();
    return keys;
  }

  private oldest(): Key | undefined {
    const [oldest] = this.things.keys();
    return oldest;
  }

  private nextOfLines(): Key | undefined {
    for (const line of this.lines) {
      this.lines.delete(line);
      for (let next = line.next(); next.done !== true; next = line.next()) {
        if (!this.things.has(next.value)) continue;
        this.lines.add(line); // behind the others
        return next.value;
      }
    }
    return undefined;
  }
}
