import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RegisteredFlavorsView, ViewMemory } from '../registrations/registered-flavors-view';
import type { components } from './contract-types';
import { renderRegisteredFlavor } from './representation';

/** A view as it goes over the wire. */
export interface RenderedView {
  readonly body: Buffer;
  /** Strong, from the body: equal answers have equal ones, also across processes and restarts. */
  readonly etag: string;
}

/** What a view, each of its flavors and each type of those take in memory beside the bytes of the answer, roughly. */
const BYTES_OF_A_VIEW = 1024;
const BYTES_OF_A_FLAVOR = 256;
const BYTES_OF_A_TYPE = 8;

/** Keeps views together with their bytes, the least used ones only as far as the bound allows. */
export class RenderedViews implements ViewMemory {
  private readonly views: LRUCache<string, RegisteredFlavorsView>;
  private readonly rendered = new WeakMap<RegisteredFlavorsView, RenderedView>();

  /** @param maxBytes how much all that is kept may take in memory */
  constructor(maxBytes: number) {
    this.views = new LRUCache({ maxSize: maxBytes, sizeCalculation: (view) => this.bytesOf(view) });
  }

  recall(key: string): RegisteredFlavorsView | undefined {
    return this.views.get(key);
  }

  remember(view: RegisteredFlavorsView): void {
    this.views.set(view.key, view);
  }

  /** The bytes of a view, made when it is seen for the first time. */
  render(view: RegisteredFlavorsView): RenderedView {
    const known = this.rendered.get(view);
    if (known !== undefined) return known;
    const answer: components['schemas']['RegisteredFlavors'] = {
      registered_flavors: view.flavors.map(renderRegisteredFlavor),
    };
    const json = JSON.stringify(answer);
    const body = Buffer.alloc(Buffer.byteLength(json), json); // of its own: a small one out of Node's pool would keep 8 KiB
    const made = { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
    this.rendered.set(view, made);
    return made;
  }

  private bytesOf(view: RegisteredFlavorsView): number {
    let bytes = this.render(view).body.length + 2 * view.key.length + BYTES_OF_A_VIEW;
    for (const { flavorId, serviceTypes } of view.registered) {
      bytes += BYTES_OF_A_FLAVOR + flavorId.length + BYTES_OF_A_TYPE * serviceTypes.length;
    }
    return bytes;
  }
}
