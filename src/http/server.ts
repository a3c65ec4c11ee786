import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { closingSurplus, limitConnections } from './connection-limit';
import type { FairTurns } from '../fairness/fair-turns';
import type { Logger } from '../logger';
import { Connections } from './connections';
import { expressMessages } from './express-messages';
import { boundDropped } from './lingering-close';
import { parseInPieces } from './parse-in-pieces';
import { inOriginForm } from './request-target';
import { turnsKeyOf } from './source-address';
import { Turns } from './turns';
import { refuseOnTheWire, refuseSurplus, refuseTunnel, type WireRefusalOptions } from './wire-refusal';

const MAX_HEADERS_TIMEOUT_MS = 10_000;
const MAX_CHECK_INTERVAL_MS = 1_000;
const SWEEP_INTERVAL_MS = 50;
/** A client that neither sends nor reads for so long, while it should, is let go. Longer than any look-up in Nova. */
const STALLED_CONNECTION_MS = 120_000;
/** Between two lines of the log about connections that could not be taken. */
const COMPLAINT_INTERVAL_MS = 60_000;

export interface ServerOptions extends WireRefusalOptions {
  /** The same as those of the app: what is parsed and what is served is work of the same callers. */
  readonly fairTurns: FairTurns;
  readonly host: string;
  readonly port: number;
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
  /** How long a request may take to arrive. */
  readonly requestTimeoutMs: number;
  /** Longer than proxies keep an idle connection, so that they close first. */
  readonly keepAliveTimeoutMs: number;
}

/** A server that is listening. */
export interface RunningServer {
  readonly url: string;
  /**
   * From now on every answer ends its connection; all is served as before. Who keeps connections open comes back on a
   * new one, which a load balancer can send elsewhere.
   */
  drain(): void;
  /** Takes no more connections, finishes what runs, and after `graceMs` closes what is still open. */
  close(graceMs: number): Promise<void>;
}

/**
 * Listens, and answers in JSON also to what never reaches Express.
 * @throws Error with the system's code (EADDRINUSE, EACCES ...) when it cannot listen
 */
export async function listen(app: Express, options: ServerOptions): Promise<RunningServer> {
  const { fairTurns, requestTimeoutMs } = options;
  const turns = new Turns();
  const serve = turns.serve(closingSurplus(inOriginForm(app as http.RequestListener)));
  const server = http.createServer(
    {
      ...expressMessages(app),
      maxHeaderSize: options.maxHeaderBytes,
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(requestTimeoutMs, MAX_HEADERS_TIMEOUT_MS),
      connectionsCheckingInterval: Math.min(requestTimeoutMs, MAX_CHECK_INTERVAL_MS),
      keepAliveTimeout: options.keepAliveTimeoutMs,
      requireHostHeader: false, // Node's own refusal has no body: strict-requests does it
    },
    serve,
  );
  server.maxHeadersCount = 0; // Node drops what is beyond its count without a word; maxHeaderSize bounds them
  server.timeout = STALLED_CONNECTION_MS;
  const connections = new Connections(server);
  const refuse = (socket: Socket, send: () => void): void =>
    turns.refuse(socket, () => inTurn(fairTurns, socket, send));
  parseInPieces(server, turns, fairTurns);
  server.on('connection', () => fairTurns.newcomer());
  limitConnections(server, connections, options.maxConnections, (socket) =>
    refuse(socket, () => refuseSurplus(socket, options)),
  );
  server.on('checkExpectation', serve); // an expectation that nobody knows may be ignored (RFC 9110, 10.1.1)
  server.on('connect', (_request, socket) => {
    boundDropped(socket as Socket);
    socket.resume(); // nobody else reads from it any more, and so would notice that its client has gone
    refuse(socket as Socket, () => refuseTunnel(socket as Socket, options));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    refuse(socket, () => refuseOnTheWire(error, { socket, target: turns.arriving(socket)?.url }, options)),
  );
  await beginToListen(server, options);
  return {
    url: urlOf(server.address() as AddressInfo),
    drain: () => turns.end(),
    close: (graceMs) => {
      turns.end();
      return close(server, connections, graceMs);
    },
  };
}

/**
 * Node's own backlog is 511 connections: a client that opens more at once would have the kernel turn away those of the
 * others, which come again after 1 s, then after 3 s.
 */
async function beginToListen(server: http.Server, { port, host, logger }: ServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host, backlog: server.maxConnections }, () => {
      server.off('error', reject).on('error', sayOnceInAWhile(logger));
      resolve();
    });
  });
}

/** Does what a client causes when it is the turn of its source. */
function inTurn(turns: FairTurns, socket: Socket, work: () => void): void {
  const turn = turns.take(turnsKeyOf(socket));
  if (turn === undefined) work();
  else void turn.then(work);
}

function urlOf({ address, port, family }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** A connection that cannot be taken (no file descriptor is left, for instance) does no harm to the others. */
function sayOnceInAWhile(logger: Logger): (error: NodeJS.ErrnoException) => void {
  let notBefore = 0;
  return ({ code }) => {
    if (performance.now() < notBefore) return;
    notBefore = performance.now() + COMPLAINT_INTERVAL_MS;
    logger.warn('a connection could not be taken', { code });
  };
}

async function close(server: http.Server, connections: Connections, graceMs: number): Promise<void> {
  const force = setTimeout(() => connections.closeAll(), graceMs);
  // A connection that was busy when the closing began is kept alive after its answer: nobody else would end it.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(force);
  clearInterval(sweep);
}
