import { createRequestId, headerOf, type StubAnswer, type StubRequest } from './stub-http';

/** A page of WebOb's, the library beneath Nova's router and its auth middleware. */
interface Page {
  status: number;
  title: string;
  explanation: string;
  detail: string;
}

/** The two ids Nova puts on every answer: the same one twice. */
export function requestIdHeaders(): [string, string][] {
  const id = createRequestId();
  return [
    ['x-openstack-request-id', id],
    ['x-compute-request-id', id],
  ];
}

/** No route leads there. */
export function routerNotFound(request: StubRequest): StubAnswer {
  const explanation = 'The resource could not be found.';
  return renderPage({ status: 404, title: 'Not Found', explanation, detail: '' }, request);
}

/** The auth middleware could not ask Keystone. */
export function keystoneUnavailable(request: StubRequest): StubAnswer {
  const explanation = 'The server is currently unavailable. Please try again at a later time.';
  const detail = 'The Keystone service is temporarily unavailable.';
  return renderPage({ status: 503, title: 'Service Unavailable', explanation, detail }, request);
}

/** WebOb's pages are JSON, HTML or text, as Accept says; a HEAD gets the type of the HTML. */
function renderPage({ status, title, explanation, detail }: Page, request: StubRequest): StubAnswer {
  const code = `${status} ${title}`;
  const message = `${explanation}<br /><br />\n${detail}\n\n`;
  const form = request.method === 'HEAD' ? 'html' : formFor(headerOf(request, 'Accept') ?? '');
  if (form === 'json') return page(status, 'application/json', JSON.stringify({ message, code, title }));
  if (form === 'text') return page(status, 'text/plain; charset=UTF-8', `${code}\n\n${explanation}\n\n${detail}\n\n`);
  const html =
    `<html>\n <head>\n  <title>${code}</title>\n </head>\n` +
    ` <body>\n  <h1>${code}</h1>\n  ${message}\n </body>\n</html>`;
  return page(status, 'text/html; charset=UTF-8', html);
}

function page(status: number, contentType: string, body: string): StubAnswer {
  return { status, headers: [['Content-Type', contentType], ...requestIdHeaders()], body };
}

/** At equal quality WebOb prefers HTML: `application/json, *\/*` gets HTML. */
function formFor(accept: string): 'html' | 'json' | 'text' {
  const html = qualityOf('text/html', accept);
  const json = qualityOf('application/json', accept);
  if (html > 0 && html >= json) return 'html';
  return json > 0 ? 'json' : 'text';
}

function qualityOf(type: string, accept: string): number {
  const ranges = [type, `${type.split('/')[0]}/*`, '*/*'];
  const offers = new Map(accept.split(',').map(readRange));
  for (const range of ranges) {
    const quality = offers.get(range);
    if (quality !== undefined) return quality;
  }
  return 0;
}

function readRange(text: string): [string, number] {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return [range, quality === undefined ? 1 : Number(quality.slice(2))];
}
