import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { View, ViewMemory } from '../registrations/view';

/** A view as it goes over the wire. */
export interface RenderedView {
  readonly body: Buffer;
  /** Strong, from the body: equal answers have equal ones, also across processes and restarts. */
  readonly etag: string;
}

/** What every view takes in memory beside the bytes of the answer, roughly. */
const BYTES_OF_A_VIEW = 1024;

export interface RenderedViewsOptions<V extends View> {
  /** How much all that is kept may take in memory. */
  readonly maxBytes: number;
  /** The answer, as the contract writes it. */
  readonly represent: (view: V) => object;
  /** What the ETag is made of, instead of the answer's bytes. */
  readonly digest?: (view: V) => string;
  /** What a view keeps in memory that does not show in its answer, roughly. */
  readonly bytesBehind: (view: V) => number;
}

/** Keeps views together with their bytes, the least used ones only as far as the bound allows. */
export class RenderedViews<V extends View> implements ViewMemory<V> {
  private readonly views: LRUCache<string, V>;
  private readonly rendered = new WeakMap<V, RenderedView>();

  constructor(private readonly options: RenderedViewsOptions<V>) {
    this.views = new LRUCache({ maxSize: options.maxBytes, sizeCalculation: (view) => this.bytesOf(view) });
  }

  recall(key: string): V | undefined {
    return this.views.get(key);
  }

  remember(view: V): void {
    this.views.set(view.key, view);
  }

  /** The bytes of a view, made when it is seen for the first time. */
  render(view: V): RenderedView {
    const known = this.rendered.get(view);
    if (known !== undefined) return known;
    const json = JSON.stringify(this.options.represent(view));
    const body = Buffer.alloc(Buffer.byteLength(json), json); // of its own: a small one out of Node's pool would keep 8 KiB
    const digest = this.options.digest?.(view) ?? createHash('sha256').update(body).digest('base64url');
    const made = { body, etag: `"${digest}"` };
    this.rendered.set(view, made);
    return made;
  }

  private bytesOf(view: V): number {
    return this.render(view).body.length + 2 * view.key.length + BYTES_OF_A_VIEW + this.options.bytesBehind(view);
  }
}
