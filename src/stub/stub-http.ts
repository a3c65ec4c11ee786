import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** One request as it arrived. */
export interface StubRequest {
  method: string;
  /** The request target exactly as sent, with its query. */
  target: string;
  /** The target without its query, not decoded. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** When it arrived, in milliseconds since the epoch. */
  at: number;
}

/** One answer; headers go out in this order, repeated names included. */
export interface StubAnswer {
  status: number;
  headers: [string, string][];
  body?: string | Buffer | Iterable<Buffer>;
}

/** The value of a header, or undefined; a repeated one counts as its last. */
export function headerOf(request: StubRequest, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.at(-1) : value;
}

/** The query parameters, in order, repeated ones included. */
export function queryOf(request: StubRequest): URLSearchParams {
  const mark = request.target.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : request.target.slice(mark + 1));
}

/** The host the client believes to talk to: OpenStack builds its links from it. */
export function hostOf(request: StubRequest): string {
  return headerOf(request, 'host') ?? '127.0.0.1';
}

/** A fresh request id in OpenStack's form. */
export function createRequestId(): string {
  return `req-${randomUUID()}`;
}

/** The request's body as JSON; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The value as an object whose keys may be looked up, or undefined. */
export function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/**
 * The path as Debian's uwsgi hands it to the application: dot segments are resolved before percent-decoding (so
 * `%2e%2e` survives), and the bytes are read as latin-1. Undefined when they are not UTF-8: there uwsgi's worker fails.
 */
export function decodePath(rawPath: string): string | undefined {
  const kept: string[] = [];
  const segments = rawPath.split('/').slice(1);
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment === '.' || segment === '..' || segment === '') {
      if (isLast) kept.push('');
      return;
    }
    kept.push(segment);
  });
  const bytes = percentDecode(`/${kept.join('/')}`);
  return isUtf8(bytes) ? bytes.toString('latin1') : undefined;
}

function percentDecode(text: string): Buffer {
  const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(decoded, 'latin1');
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
