import cors from 'cors';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { announcesBody } from './request-limits';
import { hostFault } from './strict-requests';

/** The methods of the contract. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** What a page may send: all that the contract reads, but for the token of a service, which no browser has. */
const REQUEST_HEADERS = [
  'X-Auth-Token',
  'Content-Type',
  'If-Match',
  'If-None-Match',
  'Cache-Control',
  'OpenStack-API-Version',
  'X-OpenStack-Request-Id',
];
/** What a page may read: all that the contract has, but for what every page may read anyway, and Vary. */
const RESPONSE_HEADERS = [
  'X-OpenStack-Request-Id',
  'OpenStack-API-Version',
  'ETag',
  'Cache-Status',
  'Retry-After',
  'Allow',
  'Accept-Patch',
  'WWW-Authenticate',
];
/** As long as a browser may remember a preflight: the default of oslo.middleware. */
const MAX_AGE_SECONDS = 3600;

/** The steps of a request that are there for browsers; none where no origin is allowed. */
export interface CorsSteps {
  /** Gives each answer its headers, errors too: a page could not read them otherwise. */
  readonly share: readonly RequestHandler[];
  /** Answers preflights of allowed origins. All others go on, and are 405 as every OPTIONS is. */
  readonly preflight: readonly RequestHandler[];
}

/**
 * CORS (https://fetch.spec.whatwg.org/#http-cors-protocol) for pages of these origins. It keeps nobody out: a request of
 * another origin is served like any other, and it is the browser that hides the answer from the page.
 */
export function corsSteps(allowedOrigins: readonly string[] | undefined): CorsSteps {
  if (allowedOrigins === undefined) return { share: [], preflight: [] };
  const allowed = new Set(allowedOrigins);
  const isAllowed = (origin: string | undefined): boolean => origin !== undefined && allowed.has(origin);
  const setHeaders = cors<Request>({
    origin: (origin, tell) => tell(null, isAllowed(origin)),
    methods: METHODS,
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: RESPONSE_HEADERS,
    maxAge: MAX_AGE_SECONDS,
    preflightContinue: true, // the library takes every OPTIONS for a preflight
  });
  const answerPreflight = (request: Request, response: Response, next: NextFunction): void => {
    if (!isPreflight(request) || !isAllowed(request.headers.origin)) {
      next();
      return;
    }
    const fault = hostFault(request);
    if (fault === undefined) response.status(204).end();
    else next(fault);
  };
  return { share: [varyByOrigin, setHeaders], preflight: [answerPreflight] };
}

/** Also without an Origin, or with another one: a cache must not give that answer to the page of an allowed one. */
function varyByOrigin(_request: Request, response: Response, next: NextFunction): void {
  response.vary('Origin');
  next();
}

function isPreflight(request: Request): boolean {
  const isAsking = request.headers['access-control-request-method'] !== undefined;
  return request.method === 'OPTIONS' && isAsking && !announcesBody(request);
}
