import { createHash, type Hash } from 'node:crypto';
import { RegisteredFlavorsError } from '../errors';
import { eachInTurns, type NextTurn } from '../registrations/in-turns';

/** How large one response may be. */
export const MAX_RESPONSE_BYTES = 128 * 1024 * 1024;

/** A response body as it goes over the wire. */
export interface ResponseBody {
  readonly body: Buffer;
  /** Strong, from the body: equal bodies have equal ones, also across processes and restarts. */
  readonly etag: string;
}

/**
 * Makes a body of the pieces of a text, and lets others have their turn in between.
 * @throws RegisteredFlavorsError `invalid input` when it is larger than {@link MAX_RESPONSE_BYTES}
 */
export async function toResponseBody(
  pieces: Iterable<string> | AsyncIterable<string>,
  nextTurn: NextTurn,
): Promise<ResponseBody> {
  const hash = createHash('sha256');
  const buffers: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    const buffer = Buffer.from(piece);
    hash.update(buffer);
    bytes += buffer.length;
    if (bytes > MAX_RESPONSE_BYTES) throw tooLarge();
    buffers.push(buffer);
    await nextTurn();
  }
  return { body: await joined(buffers, bytes, nextTurn), etag: etagOf(hash) };
}

/** A body of one piece. */
export function toSmallResponseBody(text: string): ResponseBody {
  const body = Buffer.from(text);
  return { body, etag: etagOf(createHash('sha256').update(body)) };
}

function etagOf(sha256: Hash): string {
  return `"${sha256.digest('base64url')}"`;
}

/** Of its own: a small buffer out of Node's pool would keep 8 KiB. */
async function joined(buffers: readonly Buffer[], bytes: number, nextTurn: NextTurn): Promise<Buffer> {
  const body = Buffer.allocUnsafeSlow(bytes);
  let at = 0;
  await eachInTurns(buffers, nextTurn, (buffer) => (at += buffer.copy(body, at)));
  return body;
}

function tooLarge(): RegisteredFlavorsError {
  return new RegisteredFlavorsError('invalid input', {
    code: 'registered-flavors.response.too_large',
    detail:
      `The response would have more than ${MAX_RESPONSE_BYTES} bytes. Name fewer service types or flavors, or read ` +
      'GET /RegisteredFlavors in pages.',
  });
}
