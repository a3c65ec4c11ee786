import http from 'node:http';
import type { Asked } from './operations';

export interface Answered {
  readonly status: number;
  readonly etag: string;
}

/** Sends a request and reads all of the answer. Not with `fetch`: it adds `no-cache` to who names an ETag. */
export function sendAsked(url: string, asked: Asked, token: string | undefined): Promise<Answered> {
  const { method = 'GET', path, headers: own = {} } = asked;
  const body = asked.body === undefined ? '' : JSON.stringify(asked.body);
  const length = body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const headers = { ...(token === undefined ? {} : { 'X-Auth-Token': token }), ...length, ...own };
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, path, headers }, (answer) => {
      const answered = { status: answer.statusCode ?? 0, etag: answer.headers.etag ?? '' };
      answer
        .resume()
        .on('end', () => resolve(answered))
        .on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}
