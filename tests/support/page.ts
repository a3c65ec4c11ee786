import { sendOnTheWire } from './wire';

/** What a page asks for. */
export interface PageRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** As much of an answer as its browser lets a page see. Names in lower case. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** https://fetch.spec.whatwg.org/#cors-safelisted-method */
const SAFE_METHODS = ['GET', 'HEAD', 'POST'];
/** https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name */
const SAFE_RESPONSE_HEADERS = [
  ...['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma'],
];

/**
 * A page of an origin, in a browser that does what https://fetch.spec.whatwg.org/#http-fetch says of a request to another
 * origin: it asks before it sends, shows the page what it may see, and throws where it would be a network error. It sends
 * no credentials, and remembers no preflight.
 */
export class Page {
  constructor(
    readonly origin: string,
    private readonly service: { readonly url: string },
  ) {}

  async fetch(path: string, { method = 'GET', headers = {}, body }: PageRequest = {}): Promise<PageAnswer> {
    const unsafe = Object.entries(headers)
      .filter(([name, value]) => !isSafelisted(name.toLowerCase(), value))
      .map(([name]) => name.toLowerCase())
      .sort();
    if (!SAFE_METHODS.includes(method) || unsafe.length > 0) await this.preflight(path, method, unsafe);
    const answer = await sendOnTheWire(this.service.url, {
      ...{ path, method, body: body ?? '' },
      headers: {
        ...headers,
        Origin: this.origin,
        ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
      },
    });
    this.check(answer.headers);
    const exposed = [...SAFE_RESPONSE_HEADERS, ...listOf(answer.headers['access-control-expose-headers'])];
    const seen = Object.entries(answer.headers).filter(([name]) => exposed.includes(name));
    return { ...answer, headers: Object.fromEntries(seen) };
  }

  /** https://fetch.spec.whatwg.org/#cors-preflight-fetch */
  private async preflight(path: string, method: string, unsafe: readonly string[]): Promise<void> {
    const { status, headers } = await sendOnTheWire(this.service.url, {
      method: 'OPTIONS',
      path,
      headers: {
        Accept: '*/*',
        Origin: this.origin,
        'Access-Control-Request-Method': method,
        ...(unsafe.length > 0 ? { 'Access-Control-Request-Headers': unsafe.join(',') } : {}),
      },
    });
    this.check(headers);
    if (status < 200 || status > 299) throw new Error(`the preflight is ${status}`);
    const methods = headers['access-control-allow-methods']?.split(',').map((name) => name.trim()) ?? [];
    if (!methods.includes(method) && !SAFE_METHODS.includes(method)) throw new Error(`${method} is not allowed`);
    const allowed = listOf(headers['access-control-allow-headers']);
    for (const name of unsafe) if (!allowed.includes(name)) throw new Error(`${name} is not allowed`);
  }

  /** https://fetch.spec.whatwg.org/#concept-cors-check */
  private check(headers: Readonly<Record<string, string>>): void {
    const origin = headers['access-control-allow-origin'];
    if (origin !== '*' && origin !== this.origin) throw new Error(`the origin is not allowed, but ${origin}`);
  }
}

/** https://fetch.spec.whatwg.org/#cors-safelisted-request-header, as far as somebody sends it here. */
function isSafelisted(name: string, value: string): boolean {
  return name === 'accept' || (name === 'content-type' && value === 'text/plain');
}

function listOf(value: string | undefined): string[] {
  return value?.split(',').map((name) => name.trim().toLowerCase()) ?? [];
}
