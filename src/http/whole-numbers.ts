import querystring from 'node:querystring';
import type { RequestHandler } from 'express';
import { HttpFault } from './http-fault';

const WHOLE_NUMBER = /^-?\d+$/;

/**
 * Puts a check before a handler: of the query parameters that are whole numbers. The contract's validator takes whatever
 * JavaScript takes for one, as `0x10`, `1e2` and `%201`, and `1e309`, which is infinite, past any maximum.
 */
export function withWholeNumbers(names: readonly string[], handler: RequestHandler): RequestHandler {
  if (names.length === 0) return handler;
  return (request, response, next) => {
    const at = request.originalUrl.indexOf('?');
    const query = at === -1 ? {} : querystring.parse(request.originalUrl.slice(at + 1));
    const odd = names.find((name) => query[name] !== undefined && !WHOLE_NUMBER.test(String(query[name])));
    if (odd === undefined) return handler(request, response, next);
    throw new HttpFault('malformed', {
      code: 'registered-flavors.request.invalid',
      detail: `The query parameter ${odd} must be one whole number.`,
    });
  };
}
