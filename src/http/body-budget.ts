import type { Response } from 'express';
import { HttpFault } from './http-fault';
import { MAX_BODY_BYTES } from './request-limits';

/** What all bodies that are being read or worked on may take together. */
const MAX_BYTES_AT_ONCE = 32 * MAX_BODY_BYTES;
/** The part of it that one caller may have. */
const MAX_PART_OF_A_CALLER = 1 / 2;
/** How many large documents may be under way at once. Each takes some part of the memory that the registry would take. */
const MAX_LARGE_AT_ONCE = 2;

/** What one body takes. It is given back when its request has been worked off, or its client has gone. */
export interface HeldBody {
  /**
   * The body takes so many bytes by now.
   * @throws HttpFault 503 when the bodies of its caller, or of all, take too much together
   */
  grow(bytes: number): void;
  /**
   * From now on it counts as a large document, and its bytes do not.
   * @throws HttpFault 503 when its caller has a large document under way already, or too many callers have
   */
  takeLargePlace(): void;
}

/** What the bodies of all requests take. */
export class BodyBudget {
  #bytes = 0;
  readonly #bytesOfCallers = new Map<string, number>();
  /** Whose large documents are under way. */
  readonly #large = new Set<string>();

  /** Begins with a body that takes nothing. */
  open(userId: string, response: Response): HeldBody {
    let bytes = 0;
    let isLarge = false;
    let isOver = false;
    const grow = (now: number): void => {
      this.#add(userId, now - bytes);
      bytes = now;
    };
    const giveBack = (): void => {
      grow(0);
      if (isLarge) this.#large.delete(userId);
      isLarge = false;
      isOver = true; // what has come by then may be read to its end
    };
    response.once('prefinish', giveBack); // the answer is made: whoever does not read it holds nothing else
    response.once('close', giveBack);
    return {
      grow: (now) => {
        if (isLarge || isOver) return;
        grow(now);
        this.#requireRoom(userId);
      },
      takeLargePlace: () => {
        if (isLarge || isOver) return;
        this.#requireLargePlace(userId);
        grow(0);
        this.#large.add(userId);
        isLarge = true;
      },
    };
  }

  #add(userId: string, bytes: number): void {
    this.#bytes += bytes;
    const ofCaller = (this.#bytesOfCallers.get(userId) ?? 0) + bytes;
    if (ofCaller === 0) this.#bytesOfCallers.delete(userId);
    else this.#bytesOfCallers.set(userId, ofCaller);
  }

  #requireRoom(userId: string): void {
    const mostOfACaller = MAX_BYTES_AT_ONCE * MAX_PART_OF_A_CALLER;
    if ((this.#bytesOfCallers.get(userId) ?? 0) > mostOfACaller) {
      throw overloaded(`The bodies of all requests of one caller may take ${mostOfACaller} bytes at once.`);
    }
    if (this.#bytes > MAX_BYTES_AT_ONCE) {
      throw overloaded(`The bodies of all requests together may take ${MAX_BYTES_AT_ONCE} bytes at once.`);
    }
  }

  #requireLargePlace(userId: string): void {
    if (!this.#large.has(userId) && this.#large.size < MAX_LARGE_AT_ONCE) return;
    throw overloaded(
      `Documents of more than ${MAX_BODY_BYTES} bytes are taken one at a time from each caller, and ` +
        `${MAX_LARGE_AT_ONCE} from all.`,
    );
  }
}

function overloaded(why: string): HttpFault {
  return new HttpFault(
    'overloaded',
    { code: 'registered-flavors.service.overloaded', detail: `${why} Nothing was done; try again in a moment.` },
    { headers: { 'Retry-After': '1' } },
  );
}
