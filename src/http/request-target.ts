import type { RequestListener } from 'node:http';

/** `http://host/path?query`, as clients send it that take us for a proxy. */
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/**
 * A server has to take a target with scheme and host for what it is without them (RFC 9112, 3.2.2). The contract's
 * validator would look for a path that begins with "http:".
 */
export function inOriginForm(listener: RequestListener): RequestListener {
  return (request, response) => {
    const { url = '/' } = request;
    if (!url.startsWith('/')) {
      const rest = url.replace(ABSOLUTE_FORM, '');
      request.url = rest === '' || rest.startsWith('?') ? `/${rest}` : rest;
    }
    listener(request, response);
  };
}
