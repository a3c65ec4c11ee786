import type { WireAnswer } from '../support/contract-answers';
import { RawConnection } from '../support/hostile/raw-http';
import type { FuzzRequest } from './requests';

/** Sends a request, byte by byte as it was made up, and reads what is answered. */
export async function exchange(url: string, request: FuzzRequest, token: string | undefined): Promise<WireAnswer[]> {
  const body = Buffer.from(request.body ?? '');
  const framing = request.chunked
    ? ['Transfer-Encoding: chunked']
    : body.length > 0
      ? [`Content-Length: ${body.length}`]
      : [];
  const head = [
    `${request.method} ${request.target} HTTP/1.1`,
    'Host: registered-flavors.test',
    'Connection: close',
    ...(token === undefined ? [] : [`X-Auth-Token: ${token}`]),
    ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
    ...framing,
  ].join('\r\n');
  const sent = Buffer.concat([Buffer.from(`${head}\r\n\r\n`), request.chunked ? inChunks(body) : body]);
  const connection = new RawConnection(url).send(sent);
  if (request.leaves) setImmediate(() => connection.socket.destroy());
  const answers = await connection.answers();
  return answers.filter(({ status }) => status >= 200); // 100 Continue is no answer yet
}

function inChunks(body: Buffer): Buffer {
  const half = Math.ceil(body.length / 2);
  const parts = [body.subarray(0, half), body.subarray(half)].filter((part) => part.length > 0);
  const framed = parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
  return Buffer.concat([...framed, Buffer.from('0\r\n\r\n')]);
}
