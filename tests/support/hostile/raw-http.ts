import net from 'node:net';
import { contractBreaches, type WireAnswer } from '../contract-answers';

/** A connection on which any bytes may go out. */
export class RawConnection {
  readonly socket: net.Socket;
  private readonly chunks: Buffer[] = [];
  private readonly closed: Promise<void>;

  constructor(url: string, options: { allowHalfOpen?: boolean } = {}) {
    const { hostname, port } = new URL(url);
    this.socket = net.connect({ port: Number(port), host: hostname, ...options });
    this.socket.on('data', (chunk) => this.chunks.push(chunk));
    this.socket.on('error', () => undefined); // a reset is an end like any other: what came before it counts
    this.socket.setTimeout(10_000, () => this.socket.destroy());
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
  }

  send(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** All the answers, once the server has closed the connection. */
  async answers(): Promise<WireAnswer[]> {
    await this.closed;
    return readAnswers(Buffer.concat(this.chunks));
  }
}

/** Sends bytes on a connection of their own and reads all the answers until the server closes it. */
export function answersTo(url: string, bytes: string | Buffer): Promise<WireAnswer[]> {
  return new RawConnection(url).send(bytes).answers();
}

/** A request as it goes over the wire, the connection closed behind its answer. */
export function request(line: string, headers: readonly string[] = [], body = ''): string {
  return [`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', body].join('\r\n');
}

/** What an error answer says, and in what it breaks the documented shape. */
interface Refusal {
  status?: number;
  code?: string;
  breaches: string[];
}

/** Of any operation: this one documents the most refusals of those without a body; their shape is the same everywhere. */
export function refusalOf(answer: WireAnswer | undefined): Refusal {
  return refusalBy('registerFlavors', answer);
}

/** Of an operation that takes a body. */
export function bodyRefusalOf(answer: WireAnswer | undefined): Refusal {
  return refusalBy('registerManyFlavors', answer);
}

function refusalBy(operationId: string, answer: WireAnswer | undefined): Refusal {
  if (answer === undefined) return { breaches: ['there is no answer'] };
  const { status } = answer;
  const breaches = status < 400 ? [`${status} is no refusal`] : contractBreaches(operationId, answer);
  if (breaches.length > 0) return { status, breaches };
  const { errors } = JSON.parse(answer.body) as { errors: { code: string; status: number; request_id: string }[] };
  const odd = errors.filter(
    (error) => error.status !== status || error.request_id !== answer.headers['x-openstack-request-id'],
  );
  return { status, code: errors[0]?.code ?? '', breaches: odd.map((error) => `at odds: ${JSON.stringify(error)}`) };
}

function readAnswers(bytes: Buffer): WireAnswer[] {
  const answers: WireAnswer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\r\n\r\n', at);
    if (end < 0) throw new Error(`not an HTTP answer: ${JSON.stringify(bytes.toString('utf8', at, at + 200))}`);
    const [statusLine = '', ...lines] = bytes.toString('latin1', at, end).split('\r\n');
    const headers = Object.fromEntries(lines.map(readHeader));
    const length = headers['content-length'] === undefined ? bytes.length : Number(headers['content-length']);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
    const body = end + 4;
    at = status === 100 ? body : Math.min(body + length, bytes.length);
    answers.push({ status, headers, body: bytes.toString('utf8', body, at) });
  }
  return answers;
}

function readHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
