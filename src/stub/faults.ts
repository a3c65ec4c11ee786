import { gzipSync } from 'node:zlib';
import type { StubAnswer, StubRequest } from './stub-http';

/** Which requests a fault hits: without `times` all of them until healed, without `path` whatever they ask for. */
export interface FaultOptions {
  times?: number;
  /** Compared with the request's target (path and query as sent). */
  path?: RegExp;
}

/** How a failing server answers. */
export interface FailOptions extends FaultOptions {
  /** Instead of the service's own error body; an object is sent as JSON. */
  body?: string | object;
  /** The Retry-After header, in seconds. */
  retryAfter?: number;
}

/** Takes one fault back. */
export type Undo = () => void;

interface Armed<Effect> {
  effect: Effect;
  left: number;
  path: RegExp | undefined;
}

/** The faults that wait for their requests; the oldest of a kind strikes first. */
export class FaultList<Effect extends { kind: string }> {
  private armed: Armed<Effect>[] = [];

  /** Lets the effect wait for the requests that fit the options. */
  arm(effect: Effect, { times = Infinity, path }: FaultOptions = {}): Undo {
    const entry = { effect, left: times, path };
    this.armed.push(entry);
    return () => {
      this.armed = this.armed.filter((other) => other !== entry);
    };
  }

  /** The effect of this kind that hits the request, if any; it counts as used. */
  strike<Kind extends Effect['kind']>(kind: Kind, request: StubRequest): Extract<Effect, { kind: Kind }> | undefined {
    const hit = this.armed.find(
      ({ effect, left, path }) =>
        effect.kind === kind && left > 0 && (path === undefined || request.target.search(path) >= 0),
    );
    if (hit === undefined) return undefined;
    hit.left -= 1;
    return hit.effect as Extract<Effect, { kind: Kind }>;
  }

  /** Forgets every fault. */
  clear(): void {
    this.armed = [];
  }
}

type Effect =
  | { kind: 'answers'; answer: (request: StubRequest) => StubAnswer }
  | { kind: 'hangs' }
  | { kind: 'drops' }
  | { kind: 'truncates' }
  | { kind: 'slow'; ms: number }
  | { kind: 'drips'; bytesPerSecond: number };

const paddingChunk = Buffer.alloc(64 * 1024, 'x');

/** What can go wrong with a server, in words: `nova.fails(503, { times: 2 })`. */
export abstract class Faults {
  protected readonly faults = new FaultList<Effect>();

  /** The error this service would answer with this status. */
  protected abstract errorAnswer(status: number, request: StubRequest): StubAnswer;

  /** Answers the status in the service's own error shape (502 and 504 as the load balancer's HTML). */
  fails(status: number, { body, retryAfter, ...options }: FailOptions = {}): Undo {
    const answer = (request: StubRequest): StubAnswer => {
      const own = this.errorAnswer(status, request);
      const headers = own.headers.slice();
      if (retryAfter !== undefined) headers.push(['Retry-After', String(retryAfter)]);
      if (body === undefined) return { ...own, headers };
      return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
    };
    return this.faults.arm({ kind: 'answers', answer }, options);
  }

  /** Accepts the request and never answers; healing does not wake the ones that wait. */
  hangs(options: FaultOptions = {}): Undo {
    return this.faults.arm({ kind: 'hangs' }, options);
  }

  /** Answers as it was when the request came, but that much later. */
  isSlow(ms: number, options: FaultOptions = {}): Undo {
    return this.faults.arm({ kind: 'slow', ms }, options);
  }

  /** Sends the headers at once and then the body slowly. */
  drips({ bytesPerSecond, ...options }: { bytesPerSecond: number } & FaultOptions): Undo {
    return this.faults.arm({ kind: 'drips', bytesPerSecond }, options);
  }

  /** Closes the connection before a byte of the answer. */
  dropsConnections(options: FaultOptions = {}): Undo {
    return this.faults.arm({ kind: 'drops' }, options);
  }

  /** Sends half of the body and closes: without a length that looks like the end. */
  truncates(options: FaultOptions = {}): Undo {
    return this.faults.arm({ kind: 'truncates' }, options);
  }

  /** Answers 200 with something that is not JSON. */
  answersGarbage({ contentType = 'application/json', ...options }: { contentType?: string } & FaultOptions = {}): Undo {
    return this.answers(200, [['Content-Type', contentType]], '<html>It works! {not json', options);
  }

  /** Answers 200 with well-formed JSON of at least this size. */
  answersHuge(bytes: number, options: FaultOptions = {}): Undo {
    const body = { [Symbol.iterator]: () => paddedJson(bytes) };
    return this.answers(200, [['Content-Type', 'application/json']], body, options);
  }

  /** Answers 200 with a small body that inflates to well-formed JSON of at least this size. */
  answersGzipBomb(bytes: number, options: FaultOptions = {}): Undo {
    const headers: [string, string][] = [
      ['Content-Type', 'application/json'],
      ['Content-Encoding', 'gzip'],
    ];
    return this.answers(200, headers, gzipBomb(bytes), options);
  }

  /** Answers 302 to another place. */
  redirectsTo(url: string, options: FaultOptions = {}): Undo {
    return this.answers(302, [['Location', url]], '', options);
  }

  /** Answers 200 with `{}`. */
  answersEmptyObject(options: FaultOptions = {}): Undo {
    return this.answers(200, [['Content-Type', 'application/json']], '{}', options);
  }

  /** Takes every fault back. A server that `stops()` needs `starts()` to come back. */
  heals(): void {
    this.faults.clear();
  }

  private answers(
    status: number,
    headers: [string, string][],
    body: NonNullable<StubAnswer['body']>,
    options: FaultOptions,
  ): Undo {
    return this.faults.arm({ kind: 'answers', answer: () => ({ status, headers, body }) }, options);
  }
}

function* paddedJson(bytes: number): Generator<Buffer> {
  yield Buffer.from('{"flavors":[],"padding":"');
  for (let sent = 0; sent < bytes; sent += paddingChunk.length) yield paddingChunk;
  yield Buffer.from('"}');
}

/** Gzip members may follow one another: one member repeated makes a bomb without compressing all of it. */
function gzipBomb(bytes: number): Buffer {
  const memberSize = 1024 * 1024;
  const member = gzipSync(Buffer.alloc(memberSize, 'x'));
  const padding = Array.from({ length: Math.ceil(bytes / memberSize) }, () => member);
  return Buffer.concat([gzipSync('{"flavors":[],"padding":"'), ...padding, gzipSync('"}')]);
}
