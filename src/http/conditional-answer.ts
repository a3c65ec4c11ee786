import type { Request, Response } from 'express';
import fresh from 'fresh';
import type { RenderedView } from './rendered-views';

/** Express's setting under which answers go past the contract's validator, which sees what is sent by `json` only. */
export const VALIDATE_RESPONSES = 'validate responses';

/** Sends a body that is ready, or 304 to who has it already (RFC 9110, 13.1.2). HEAD gets the headers of GET. */
export function sendRendered(request: Request, response: Response, { body, etag }: RenderedView): void {
  response.setHeader('ETag', etag);
  if (fresh(request.headers, { etag })) {
    response.writeHead(304).end();
    return;
  }
  if (response.app.enabled(VALIDATE_RESPONSES)) {
    response.json(JSON.parse(body.toString()));
    return;
  }
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}
