import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { bodyTypesOf, type Contract } from './contract';
import { HttpFault } from './http-fault';
import { MAX_RESPONSE_BYTES } from './response-body';

/** As much of the header limit as the URL may take, so that a URL that is too long is told apart from headers. */
const URL_PART_OF_HEADERS = 0.75;
/** Of a body that an operation takes, but for a document of registrations. */
export const MAX_BODY_BYTES = 1024 * 1024;
/** Of a document of registrations: twice as much as an export may have, so that it may have line breaks and indents. */
export const MAX_DOCUMENT_BYTES = 2 * MAX_RESPONSE_BYTES;
/** Of one that nobody reads: oslo.middleware's limit. */
const MAX_UNWANTED_BODY_BYTES = 112 * 1024;
/** What a chunk counts at least, since it costs as much as a larger one. */
export const MIN_CHUNK_BYTES = 64;

/** Refuses URLs that are too long with 414; what is longer still ends as 431 before it gets here. */
export function limitUrl(maxHeaderBytes: number) {
  const maxUrlBytes = Math.floor(maxHeaderBytes * URL_PART_OF_HEADERS);
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (request.originalUrl.length <= maxUrlBytes) {
      next();
      return;
    }
    const detail = `The URL has ${request.originalUrl.length} bytes; up to ${maxUrlBytes} are taken. Name fewer flavors at once.`;
    next(new HttpFault('uri too long', { code: 'registered-flavors.uri.too_long', detail }));
  };
}

/**
 * A body that an operation does not take is drained unread and its Content-Type dropped: the contract's validator keeps a
 * compiled validator for each type it ever saw.
 */
export function limitBody(contract: Contract) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (hasNoBody(request)) {
      next();
      return;
    }
    const announcedBytes = Number(request.headers['content-length'] ?? 0);
    if (bodyTypesOf(contract, request).length > 0) {
      next(tooLarge(request, announcedBytes)); // it is read once it is known who sends it
      return;
    }
    if (request.headers['content-type'] !== undefined) delete request.headers['content-type'];
    if (announcedBytes > MAX_UNWANTED_BODY_BYTES) next(unwantedBodyTooLarge());
    else if (announcesBody(request)) drain(request, next);
    else next();
  };
}

function tooLarge(request: Request, announcedBytes: number): HttpFault | undefined {
  if (takesDocument(request)) return announcedBytes > MAX_DOCUMENT_BYTES ? documentTooLarge() : undefined;
  return announcedBytes > MAX_BODY_BYTES ? bodyTooLarge() : undefined;
}

/** Whether a request, if it takes a body, takes a document of registrations: as large as an export. */
export function takesDocument({ path }: Request): boolean {
  return path === '/Registrations';
}

/**
 * Nothing is done for a request that has not arrived in full: its rest may never come, or may be no HTTP. A chunked body
 * does not say its size: it is counted while it comes.
 */
function drain(request: Request, next: NextFunction): void {
  let bytes = 0;
  const least = 'transfer-encoding' in request.headers ? MIN_CHUNK_BYTES : 0;
  const count = (chunk: Buffer): void => {
    bytes += Math.max(chunk.length, least);
    if (bytes > MAX_UNWANTED_BODY_BYTES) finish(unwantedBodyTooLarge());
  };
  const end = (): void => finish();
  const finish = (fault?: HttpFault): void => {
    request.off('data', count).off('end', end);
    next(fault);
  };
  request.on('data', count).on('end', end);
}

/** As most requests: nothing of them is of a body. */
function hasNoBody({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    headers['content-type'] === undefined
  );
}

/** Whether a body comes behind the headers. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || 'transfer-encoding' in headers;
}

/** 413 for a body that is wanted, but not so much of it. */
export function bodyTooLarge(): HttpFault {
  return new HttpFault('body too large', {
    code: 'registered-flavors.body.too_large',
    detail: `The body is larger than ${MAX_BODY_BYTES} bytes. Send the flavor_ids in parts.`,
  });
}

/** 413 for a document of registrations. */
export function documentTooLarge(): HttpFault {
  return new HttpFault('body too large', {
    code: 'registered-flavors.body.too_large',
    detail: `The document is larger than ${MAX_DOCUMENT_BYTES} bytes. Send some service types at a time with PATCH.`,
  });
}

function unwantedBodyTooLarge(): HttpFault {
  return new HttpFault('body too large', {
    code: 'registered-flavors.body.too_large',
    detail: `The body is larger than ${MAX_UNWANTED_BODY_BYTES} bytes. This operation takes none: everything is in its URL.`,
  });
}
