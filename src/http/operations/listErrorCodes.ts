import type { RequestHandler } from 'express';
import type { ErrorPages } from '../error-pages';
import { toSmallResponseBody } from '../response-body';
import { sendText } from '../send-body';

/** GET /errors: a line for each code. */
export function listErrorCodes(pages: ErrorPages): RequestHandler {
  const lines = [...pages].map(([code, { status, title }]) => `${code}: ${status}. ${title}.\n`);
  const list = toSmallResponseBody(lines.join(''));
  return (request, response) => sendText(request, response, list);
}
