import http from 'node:http';
import type { Express, Request, Response } from 'express';

/**
 * Requests and responses that are Express's from the start.
 *
 * Express gives each of them another prototype when it arrives. To V8 no two objects treated like that are alike, and
 * whatever touches them afterwards, Node's own code included, runs without its caches: that is half of what a request
 * costs (measured in docs/benchmarks.md). Made by classes of their own they are alike, and Express finds nothing left to
 * change.
 */
export function expressMessages(app: Express): Pick<http.ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class ExpressRequest extends http.IncomingMessage {}
  class ExpressResponse<R extends http.IncomingMessage> extends http.ServerResponse<R> {}
  Object.setPrototypeOf(ExpressRequest.prototype, app.request);
  Object.setPrototypeOf(ExpressResponse.prototype, app.response);
  app.request = ExpressRequest.prototype as Request;
  app.response = ExpressResponse.prototype as unknown as Response;
  return { IncomingMessage: ExpressRequest, ServerResponse: ExpressResponse };
}
