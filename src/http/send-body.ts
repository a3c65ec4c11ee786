import type { Request, Response } from 'express';
import fresh from 'fresh';
import type { ResponseBody } from './response-body';

/** Express's setting under which responses go past the contract's validator, which sees only what is sent by `json`. */
export const VALIDATE_RESPONSES = 'validate responses';

/** Up to here it costs less to copy a body than to send it as a second piece. */
const SMALL_BODY_BYTES = 4 * 1024;

/** Whether the client has the body with this ETag already (RFC 9110, 13.1.2). */
export function hasBody({ headers }: Request, etag: string): boolean {
  const asked = headers['if-none-match'];
  return fresh(asked === undefined ? headers : { ...headers, 'if-none-match': withoutCoding(asked) }, { etag });
}

/**
 * Apache's mod_deflate and mod_brotli write how they have compressed a body into its ETag (`"...-gzip"`), and hand the
 * client's condition on as it is: without this no condition would ever hold behind them.
 */
export function withoutCoding(etags: string): string {
  return etags.replaceAll(/(?<="[\w-]{43})-(?:gzip|br)(?=")/g, '');
}

/** Sends a JSON body that is ready. HEAD gets the headers of GET. */
export function sendBody(response: Response, body: Buffer, etag: string): void {
  response.setHeader('ETag', etag);
  if (response.app.enabled(VALIDATE_RESPONSES)) {
    response.json(JSON.parse(body.toString()));
    return;
  }
  send(response, 'application/json; charset=utf-8', body);
}

/** Sends a text that is ready, or 304 to a client that has it. HEAD gets the headers of GET. */
export function sendText(request: Request, response: Response, { body, etag }: ResponseBody): void {
  if (hasBody(request, etag)) {
    sendNotModified(response, etag);
    return;
  }
  response.setHeader('ETag', etag);
  send(response, 'text/plain; charset=utf-8', body);
}

function send(response: Response, type: string, body: Buffer): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', body.length);
  // Node sends a text together with the headers, in one piece; each byte is a character of latin1.
  if (body.length <= SMALL_BODY_BYTES) response.end(body.toString('latin1'), 'latin1');
  else response.end(body);
}

/** 304, for a client that has the body. */
export function sendNotModified(response: Response, etag: string): void {
  response.setHeader('ETag', etag);
  response.writeHead(304).end();
}
