import type { Request, Response } from 'express';
import type { Caller } from '../registrations/caller';
import type { Standards } from '../registrations/declaration';
import { quote } from './bad-items';
import { BodyBudget } from './body-budget';
import { bodyTypesOf, type Contract } from './contract';
import { HttpFault } from './http-fault';
import { parseJson } from './parse-json';
import { callOf, contextOf } from './request-context';
import { readDeclaration } from './read-declaration';
import { receiveBody } from './receive-body';
import { announcesBody, bodyTooLarge, MAX_BODY_BYTES, takesDocument } from './request-limits';

const FIRST_BYTES = 4096;
/** What stands for a document of registrations where the contract's validator looks: the document is read past it. */
const READ_ALREADY = { registrations: {} };

export interface BodyOptions {
  readonly contract: Contract;
  /** Throws unless a caller may do what takes a body. */
  readonly requireWriter: (caller: Caller) => void;
  /** How much is registered. */
  readonly measure: () => Standards;
}

/**
 * Reads the body of an operation that takes one, once it is known that who sends it may have it done.
 *
 * Not by the usual library: bytes count as they come and over all requests, so that neither many large bodies nor many
 * slow ones take the memory; and they are copied together, since a body that comes byte by byte would otherwise take a
 * hundred times its size.
 */
export function readJsonBody({ contract, requireWriter, measure }: BodyOptions) {
  const budget = new BodyBudget();
  return async (request: Request): Promise<void> => {
    const types = bodyTypesOf(contract, request);
    const { res: response } = request;
    if (types.length === 0 || response === undefined) return;
    const context = contextOf(request);
    requireWriter(callOf(request).caller); // a body costs more than all else that a reader could send
    requireBody(request, types);
    const mediaType = requireMediaType(request, types);
    request.headers['content-type'] = mediaType; // bare: the validator keeps a compiled validator for each it ever saw
    // The answer is made: a client that does not read it keeps nothing else of the request here.
    response.once('prefinish', () => {
      request.body = undefined;
      context.declaration = undefined;
    });
    if (takesDocument(request)) {
      const declaration = readDeclaration(request, response, { budget, standing: measure() });
      context.declaration = await context.whileHere(declaration);
      request.body = READ_ALREADY;
    } else request.body = parseJson(await context.whileHere(collect(request, response, budget)));
  };
}

async function collect(request: Request, response: Response, budget: BodyBudget): Promise<Buffer> {
  let body = Buffer.allocUnsafe(FIRST_BYTES);
  let length = 0;
  const held = budget.open(callOf(request).caller.userId, response); // what was made of it is held for as long
  await receiveBody(request, (part) => {
    if (length + part.length > MAX_BODY_BYTES) throw bodyTooLarge();
    length += part.length;
    held.grow(length);
    if (length > body.length) body = Buffer.concat([body], Math.max(length, 2 * body.length));
    part.copy(body, length - part.length);
    return undefined;
  });
  return body.subarray(0, length);
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
