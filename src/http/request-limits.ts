import type { NextFunction, Request, Response } from 'express';
import { HttpFault } from './http-fault';

/** As much of the header limit as the URL may take, so that a URL that is too long is told apart from headers. */
const URL_PART_OF_HEADERS = 0.75;
/** oslo.middleware's limit. */
const MAX_BODY_BYTES = 112 * 1024;

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
 * No operation reads a body. One that comes is drained unread and its Content-Type dropped: the contract's validator
 * keeps a compiled validator for each type it ever saw.
 */
export function ignoreBody() {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (request.headers['content-type'] !== undefined) delete request.headers['content-type'];
    const announcedBytes = Number(request.headers['content-length'] ?? 0);
    const isChunked = request.headers['transfer-encoding'] !== undefined;
    if (announcedBytes > MAX_BODY_BYTES) next(bodyTooLarge());
    else if (announcedBytes > 0 || isChunked) drain(request, next);
    else next();
  };
}

/**
 * Nothing is done for a request that has not arrived in full: its rest may never come, or may be no HTTP. A chunked body
 * does not say its size: it is counted while it comes.
 */
function drain(request: Request, next: NextFunction): void {
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) finish(bodyTooLarge());
  };
  const end = (): void => finish();
  const finish = (fault?: HttpFault): void => {
    request.off('data', count).off('end', end);
    next(fault);
  };
  request.on('data', count).on('end', end);
}

function bodyTooLarge(): HttpFault {
  return new HttpFault('body too large', {
    code: 'registered-flavors.body.too_large',
    detail: `The body is larger than ${MAX_BODY_BYTES} bytes. No operation takes one: everything is in the URL.`,
  });
}
