import querystring from 'node:querystring';
import type { NextFunction, Request, Response } from 'express';
import { HttpFault } from './http-fault';
import { pathNotFound, queryUnknown } from './validator-fault';

/** Refuses a request without a Host, or with two. */
export function oneHost() {
  return (request: Request, _response: Response, next: NextFunction): void => next(hostFault(request));
}

/** Refuses targets that Express and the contract's validator would forgive, each in its own way. */
export function strictTargets() {
  return (request: Request, _response: Response, next: NextFunction): void =>
    next(pathFault(request) ?? queryFault(request));
}

const HOST = 'host';

/** RFC 9112, 3.2: none or two are 400. Node answers the first without a body, and takes the second. */
export function hostFault(request: Request): HttpFault | undefined {
  let hosts = 0;
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at]!;
    if (name.length === HOST.length && name.toLowerCase() === HOST) hosts += 1;
  }
  if (hosts === 1 || (hosts === 0 && request.httpVersion === '1.0')) return undefined;
  return new HttpFault('malformed', {
    code: 'registered-flavors.request.invalid',
    detail: `An HTTP/1.1 request has exactly one Host header; this one has ${hosts}.`,
  });
}

/** The validator takes a trailing slash, whatever Express is told (`strict routing`). */
function pathFault(request: Request): HttpFault | undefined {
  return request.path.length > 1 && request.path.endsWith('/') ? pathNotFound(request) : undefined;
}

/** What reads a query (Node's querystring) drops whatever is beyond this, without a word. */
const MOST_QUERY_PARAMETERS = 1000;

/** The validator folds `a[b]` into `a`, and `[a]` into nothing. No parameter of ours has a bracket. */
function queryFault(request: Request): HttpFault | undefined {
  const at = request.originalUrl.indexOf('?');
  if (at === -1) return undefined;
  const query = request.originalUrl.slice(at + 1);
  if (query.split('&', MOST_QUERY_PARAMETERS + 1).length > MOST_QUERY_PARAMETERS) {
    return new HttpFault('malformed', {
      code: 'registered-flavors.request.invalid',
      detail: `The URL has more than ${MOST_QUERY_PARAMETERS} query parameters.`,
    });
  }
  const odd = Object.keys(querystring.parse(query)).find((name) => /[[\]]/.test(name));
  return odd === undefined ? undefined : queryUnknown(odd);
}
