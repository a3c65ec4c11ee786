import type { Request, Response } from 'express';
import type { Caller } from '../registrations/caller';
import { quote } from './bad-items';
import { bodyTypesOf, type Contract } from './contract';
import { HttpFault } from './http-fault';
import { parseJson } from './parse-json';
import { callOf, contextOf } from './request-context';
import { announcesBody, bodyTooLarge, MAX_BODY_BYTES } from './request-limits';

/** What all bodies that are being read or worked on may have together. */
const MAX_BYTES_AT_ONCE = 32 * MAX_BODY_BYTES;
const FIRST_BYTES = 4096;

/**
 * Reads the body of an operation that takes one, once it is known that who sends it may have it done.
 *
 * Not by the usual library: bytes count as they come and over all requests, so that neither many large bodies nor many
 * slow ones take the memory; and they are copied together, since a body that comes byte by byte would otherwise take a
 * hundred times its size.
 */
export function readJsonBody(contract: Contract, requireWriter: (caller: Caller) => void) {
  const budget = { left: MAX_BYTES_AT_ONCE };
  return async (request: Request): Promise<void> => {
    const types = bodyTypesOf(contract, request);
    if (types.length === 0 || request.res === undefined) return;
    requireWriter(callOf(request).caller); // a body costs more than all else that a reader could send
    requireBody(request, types);
    const mediaType = requireMediaType(request, types);
    request.headers['content-type'] = mediaType; // bare: the validator keeps a compiled validator for each it ever saw
    request.body = parseJson(await contextOf(request).whileHere(collect(request, request.res, budget)));
  };
}

function collect(request: Request, response: Response, budget: { left: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let body = Buffer.allocUnsafe(FIRST_BYTES);
    let length = 0;
    const add = (chunk: Buffer): void => {
      length += chunk.length;
      budget.left -= chunk.length;
      if (length > MAX_BODY_BYTES) stop(() => reject(bodyTooLarge()));
      else if (budget.left < 0) stop(() => reject(tooManyBodies()));
      else {
        if (length > body.length) body = Buffer.concat([body], Math.max(length, 2 * body.length));
        chunk.copy(body, length - chunk.length);
      }
    };
    const end = (): void => stop(() => resolve(body.subarray(0, length)));
    const stop = (then: () => void): void => {
      request.off('data', add).off('end', end);
      then();
    };
    request.on('data', add).on('end', end);
    response.once('close', () => {
      stop(() => (budget.left += length)); // what was made of it is held for as long
    });
  });
}

function requireBody(request: Request, types: readonly string[]): void {
  if (announcesBody(request)) return;
  throw new HttpFault('malformed', {
    code: 'registered-flavors.body.invalid',
    detail: `The request has no body; this operation takes ${types.join(' or ')}.`,
  });
}

/** The media type, without parameters. JSON is UTF-8 (RFC 8259, 8.1), and compressed bodies could be of any size. */
function requireMediaType(request: Request, types: readonly string[]): string {
  const given = request.headers['content-type'] ?? '';
  const mediaType = given.replace(/;.*/s, '').trim().toLowerCase();
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(given)?.[1] ?? 'utf-8';
  const isPlain = comesAsItIs(request);
  if (isPlain && types.includes(mediaType) && /^utf-?8$/i.test(charset)) return mediaType;
  const said = given === '' ? 'Content-Type is missing' : `Content-Type says "${quote(given)}"`;
  throw new HttpFault(
    'media type unsupported',
    {
      code: 'registered-flavors.media_type.unsupported',
      detail: `This operation takes ${types.join(' or ')} in UTF-8, uncompressed, and ${isPlain ? said : 'the body is encoded'}.`,
    },
    { headers: request.method === 'PATCH' ? { 'Accept-Patch': types.join(', ') } : {} },
  );
}

function comesAsItIs(request: Request): boolean {
  const { 'content-encoding': content = 'identity', 'transfer-encoding': transfer = 'chunked' } = request.headers;
  return /^identity$/i.test(content) && /^chunked$/i.test(transfer);
}

function tooManyBodies(): HttpFault {
  return new HttpFault(
    'overloaded',
    {
      code: 'registered-flavors.service.overloaded',
      detail: `The bodies of all requests together may have ${MAX_BYTES_AT_ONCE} bytes at once. Nothing was done; try again in a moment.`,
    },
    { headers: { 'Retry-After': '1' } },
  );
}
