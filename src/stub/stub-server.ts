import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { Faults } from './faults';
import type { StubAnswer, StubRequest } from './stub-http';

/** uwsgi's `buffer-size` in Debian's packages: Node's own 16 KiB would refuse long ids that the real Nova reads. */
const maxHeaderBytes = 65_535;

/** A real HTTP server on loopback that remembers what it was asked and can misbehave on demand. */
export abstract class StubServer extends Faults {
  /** Every request since the start or the last `resetRequests()`, in order of arrival. */
  requests: StubRequest[] = [];
  /** The highest number of requests in flight at once. */
  maxConcurrent = 0;
  private inFlight = 0;
  private server: Server | undefined;
  private ownPort = 0;

  /** What the service answers; undefined closes the connection without a byte. */
  protected abstract answer(request: StubRequest): StubAnswer | undefined;

  /** Where it listens; the same again after `stops()` and `starts()`. */
  get port(): number {
    return this.ownPort;
  }

  /** Whether it accepts connections. */
  get isUp(): boolean {
    return this.server !== undefined;
  }

  /** Forgets the requests so far, and with them the highest concurrency. */
  resetRequests(): void {
    this.requests = [];
    this.maxConcurrent = this.inFlight;
  }

  /** Listens: on the given port the first time (0 is any), later on the one it had. */
  async starts(port = 0): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer({ maxHeaderSize: maxHeaderBytes }, (incoming, outgoing) => {
      void this.handle(incoming, outgoing);
    });
    server.listen(this.ownPort || port, '127.0.0.1');
    await once(server, 'listening');
    server.on('error', () => undefined); // a connection that could not be taken: whoever wanted it notices
    this.ownPort = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Closes the listening socket and every connection: new ones are refused. */
  async stops(): Promise<void> {
    const server = this.server;
    if (server === undefined) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    this.inFlight += 1;
    this.maxConcurrent = Math.max(this.maxConcurrent, this.inFlight);
    outgoing.once('close', () => {
      this.inFlight -= 1;
    });
    const request = arrived(incoming);
    this.requests.push(request);
    try {
      for await (const chunk of incoming.setEncoding('utf8')) request.body += String(chunk);
    } catch {
      return; // The client went away in the middle of its request: there is nobody to answer.
    }
    this.respond(request, outgoing);
  }

  private respond(request: StubRequest, outgoing: ServerResponse): void {
    if (this.faults.strike('hangs', request)) return;
    const isDropped = this.faults.strike('drops', request) !== undefined;
    const fault = isDropped ? undefined : this.faults.strike('answers', request);
    const answer = isDropped ? undefined : fault ? fault.answer(request) : this.answer(request);
    const delay = this.faults.strike('slow', request);
    const deliver = () => (answer === undefined ? outgoing.destroy() : this.deliver(request, answer, outgoing));
    if (delay === undefined) deliver();
    else waitUnlessClosed(outgoing, delay.ms, deliver);
  }

  private deliver(request: StubRequest, answer: StubAnswer, outgoing: ServerResponse): void {
    writeHead(answer, outgoing);
    const drip = this.faults.strike('drips', request);
    const isTruncated = this.faults.strike('truncates', request) !== undefined;
    const body = answer.body ?? '';
    if (typeof body !== 'string' && !Buffer.isBuffer(body)) {
      Readable.from(body).pipe(outgoing);
      return;
    }
    const bytes = Buffer.from(body);
    const sent = isTruncated ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes;
    if (drip === undefined) outgoing.end(sent);
    else dripBody(sent, drip.bytesPerSecond, outgoing);
  }
}

function arrived(incoming: IncomingMessage): StubRequest {
  const target = incoming.url ?? '/';
  return {
    method: incoming.method ?? 'GET',
    target,
    path: target.split('?', 1)[0] ?? '/',
    headers: incoming.headers,
    body: '',
    at: Date.now(),
  };
}

/** Debian's uwsgi sends no length, no chunks, no date and no Connection header: the body ends where the connection ends. */
function writeHead(answer: StubAnswer, outgoing: ServerResponse): void {
  outgoing.sendDate = false;
  outgoing.useChunkedEncodingByDefault = false;
  outgoing.shouldKeepAlive = false;
  outgoing.removeHeader('Connection');
  outgoing.removeHeader('Content-Length');
  outgoing.writeHead(answer.status, answer.headers.flat());
}

function waitUnlessClosed(outgoing: ServerResponse, ms: number, then: () => void): void {
  const timer = setTimeout(then, ms);
  outgoing.once('close', () => clearTimeout(timer));
}

function dripBody(bytes: Buffer, bytesPerSecond: number, outgoing: ServerResponse): void {
  const intervalMs = Math.max(20, 1000 / bytesPerSecond);
  const step = Math.max(1, Math.round((bytesPerSecond * intervalMs) / 1000));
  let offset = 0;
  outgoing.flushHeaders();
  const timer = setInterval(() => {
    outgoing.write(bytes.subarray(offset, offset + step));
    offset += step;
    if (offset >= bytes.length) {
      clearInterval(timer);
      outgoing.end();
    }
  }, intervalMs);
  outgoing.once('close', () => clearInterval(timer));
}
