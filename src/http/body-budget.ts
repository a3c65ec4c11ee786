import type { Response } from 'express';
import { HttpFault } from './http-fault';
import { MAX_BODY_BYTES } from './request-limits';

/** What all bodies that are being read or worked on may have together. Of a large document, only its beginning counts. */
const MAX_BYTES_AT_ONCE = 32 * MAX_BODY_BYTES;
/** How many large documents may be under way at once. Each takes some part of the memory that the registry would take. */
const MAX_LARGE_AT_ONCE = 2;

/** What the bodies of all requests take. It is given back when a request has been answered, or its client has gone. */
export class BodyBudget {
  #bytesLeft = MAX_BYTES_AT_ONCE;
  /** Whose large documents are under way. */
  readonly #large = new Set<string>();

  /** @throws HttpFault 503 when the bodies have too much together */
  take(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft >= 0) return;
    throw overloaded(`The bodies of all requests together may have ${MAX_BYTES_AT_ONCE} bytes at once.`);
  }

  giveBack(bytes: number): void {
    this.#bytesLeft += bytes;
  }

  /**
   * A caller's place for a large document, until its answer is out.
   * @throws HttpFault 503 when he has one already, or too many have
   */
  takeLargePlace(userId: string, response: Response): void {
    if (this.#large.has(userId) || this.#large.size >= MAX_LARGE_AT_ONCE) {
      throw overloaded(
        `Documents of more than ${MAX_BODY_BYTES} bytes are taken one at a time from each caller, and ` +
          `${MAX_LARGE_AT_ONCE} from all.`,
      );
    }
    this.#large.add(userId);
    response.once('close', () => this.#large.delete(userId));
  }
}

function overloaded(why: string): HttpFault {
  return new HttpFault(
    'overloaded',
    { code: 'registered-flavors.service.overloaded', detail: `${why} Nothing was done; try again in a moment.` },
    { headers: { 'Retry-After': '1' } },
  );
}
