import type { RequestHandler } from 'express';
import type { ErrorPages } from '../error-pages';
import { HttpFault } from '../http-fault';
import { targetOf } from '../request-context';
import { toSmallResponseBody } from '../response-body';
import { sendText } from '../send-body';

/** GET /errors/{code}: made once, since anybody may ask for it as often as they like. */
export function getErrorPage(pages: ErrorPages): RequestHandler {
  const bodies = new Map([...pages].map(([code, { text }]) => [code, toSmallResponseBody(text)]));
  return (request, response) => {
    const body = bodies.get(String(targetOf(request).params['code']));
    if (body === undefined) throw noSuchCode();
    sendText(request, response, body);
  };
}

/** Without what was asked for: a link that somebody else has made shows nothing of theirs. */
function noSuchCode(): HttpFault {
  return new HttpFault('path not found', {
    code: 'registered-flavors.path.not_found',
    detail: 'There is no error with this code. GET /errors lists those that there are.',
  });
}
