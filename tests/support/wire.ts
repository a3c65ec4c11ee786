import net from 'node:net';
import type { WireAnswer } from './contract-answers';

/** How a request goes out: byte by byte as written here, which no HTTP client would allow. */
export interface WireRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Leaves out the empty line that ends the headers. */
  readonly unfinished?: boolean;
}

/** Sends one request over a bare socket and reads its answer until the server closes. */
export async function sendOnTheWire(url: string, request: WireRequest): Promise<WireAnswer> {
  const lines = [
    `${request.method ?? 'GET'} ${request.path} HTTP/1.1`,
    'Host: registered-flavors.test',
    'Connection: close',
    ...Object.entries(request.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ];
  const head = lines.join('\r\n') + (request.unfinished === true ? '\r\n' : '\r\n\r\n');
  return parse(await exchange(url, head + (request.body ?? '')));
}

/** Sends bytes and gives back all that comes, until the server closes the connection. */
export function exchange(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = net.connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(10_000, () => socket.destroy(new Error('the server neither answers nor closes')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject).on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}

function parse(text: string): WireAnswer {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) throw new Error(`not an HTTP answer: ${JSON.stringify(text.slice(0, 200))}`);
  const [statusLine = '', ...headerLines] = text.slice(0, end).split('\r\n');
  const headers = headerLines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(statusLine.split(' ')[1]), headers: Object.fromEntries(headers), body: text.slice(end + 4) };
}
