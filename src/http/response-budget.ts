import type { Response } from 'express';
import { HttpFault } from './http-fault';

/** How many bytes of bodies may be on their way to clients at once, over all callers. */
export const MAX_RESPONSE_BYTES_IN_FLIGHT = 64 * 1024 * 1024;
/** How much of that one caller may have. Whoever has nothing on the way gets any one response. */
const MAX_PART_OF_A_CALLER = 1 / 4;
/** A smaller body fits into the buffers of its socket, and is gone at once, read or not. */
const MIN_COUNTED_BYTES = 64 * 1024;

/**
 * Bounds what responses take in memory until their clients have read them: nothing holds back a client that asks and
 * asks and never reads. A body that goes to several clients counts once, for the caller who had it first.
 */
export class ResponseBudget {
  readonly #bodies = new Map<Buffer, { userId: string; responses: number }>();
  readonly #bytesOfCallers = new Map<string, number>();
  #bytes = 0;

  constructor(
    private readonly maxBytes = MAX_RESPONSE_BYTES_IN_FLIGHT,
    private readonly minCountedBytes = MIN_COUNTED_BYTES,
  ) {}

  /** @throws HttpFault `overloaded` when the caller has as many bytes on the way as one may have, or all together have */
  requireRoom(userId: string): void {
    const ofCaller = this.#bytesOfCallers.get(userId) ?? 0;
    if (ofCaller >= this.maxBytes * MAX_PART_OF_A_CALLER) throw tooMuch(`Your clients have not read ${ofCaller} bytes`);
    if (this.#bytes >= this.maxBytes) throw tooMuch(`Clients have not read ${this.#bytes} bytes`);
  }

  /** Counts a body until its response is over. @throws HttpFault as {@link requireRoom} */
  hold(body: Buffer, userId: string, response: Response): void {
    if (body.length < this.minCountedBytes) return;
    const held = this.#bodies.get(body);
    if (held === undefined) {
      this.requireRoom(userId);
      this.#bodies.set(body, { userId, responses: 1 });
      this.#add(userId, body.length);
    } else held.responses += 1;
    response.once('close', () => this.#release(body));
  }

  #release(body: Buffer): void {
    const held = this.#bodies.get(body);
    if (held === undefined) return;
    held.responses -= 1;
    if (held.responses > 0) return;
    this.#bodies.delete(body);
    this.#add(held.userId, -body.length);
  }

  #add(userId: string, bytes: number): void {
    this.#bytes += bytes;
    const ofCaller = (this.#bytesOfCallers.get(userId) ?? 0) + bytes;
    if (ofCaller === 0) this.#bytesOfCallers.delete(userId);
    else this.#bytesOfCallers.set(userId, ofCaller);
  }
}

function tooMuch(what: string): HttpFault {
  return new HttpFault(
    'overloaded',
    {
      code: 'registered-flavors.service.overloaded',
      detail: `${what} of the responses on their way to them. Read those, or end their connections, and try again.`,
    },
    { headers: { 'Retry-After': '1' } },
  );
}
