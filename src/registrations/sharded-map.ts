/** With more entries a map is split: one that grows copies all of its entries at once, a million of them in 0.1 s. */
const MAX_UNSPLIT = 8192;
/** A power of two. */
const SHARDS = 64;
/** The last characters of ids differ, and these are looked at. */
const HASHED_CHARACTERS = 8;

/** A map by texts that may become large: no single call takes long. */
export class ShardedMap<V> {
  #shards = [new Map<string, V>()];
  #size = 0;

  /** How many entries there are. */
  get size(): number {
    return this.#size;
  }

  get(key: string): V | undefined {
    return this.#shardOf(key).get(key);
  }

  set(key: string, value: V): void {
    const shard = this.#shardOf(key);
    const before = shard.size;
    shard.set(key, value);
    this.#size += shard.size - before;
    if (this.#shards.length === 1 && this.#size > MAX_UNSPLIT) this.#split(shard);
  }

  /** In no order that means anything. */
  *[Symbol.iterator](): Generator<[string, V]> {
    for (const shard of this.#shards) yield* shard;
  }

  #split(all: ReadonlyMap<string, V>): void {
    this.#shards = Array.from({ length: SHARDS }, () => new Map<string, V>());
    for (const [key, value] of all) this.#shardOf(key).set(key, value);
  }

  #shardOf(key: string): Map<string, V> {
    if (this.#shards.length === 1) return this.#shards[0]!;
    let hash = 0;
    for (let at = Math.max(0, key.length - HASHED_CHARACTERS); at < key.length; at += 1) {
      hash = (Math.imul(hash, 31) + key.charCodeAt(at)) | 0;
    }
    return this.#shards[hash & (SHARDS - 1)]!;
  }
}
