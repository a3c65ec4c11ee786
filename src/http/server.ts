import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';
import { refuseOnTheWire, type WireRefusalOptions } from './wire-refusal';

/** Longer than the idle time that load balancers commonly keep (60 s), so that they close first. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const MAX_HEADERS_TIMEOUT_MS = 10_000;
const MAX_CHECK_INTERVAL_MS = 1_000;
const SWEEP_INTERVAL_MS = 50;

export interface ServerOptions extends WireRefusalOptions {
  readonly host: string;
  readonly port: number;
  readonly maxHeaderBytes: number;
  /** How long a request may take to arrive. */
  readonly requestTimeoutMs: number;
}

/** A server that is listening. */
export interface RunningServer {
  readonly url: string;
  /** Takes no more connections, finishes what runs, and after `graceMs` closes what is still open. */
  close(graceMs: number): Promise<void>;
}

/**
 * Listens, and answers in JSON also to what never reaches Express.
 * @throws Error with the system's code (EADDRINUSE, EACCES ...) when it cannot listen
 */
export async function listen(app: Express, options: ServerOptions): Promise<RunningServer> {
  const { requestTimeoutMs } = options;
  const server = http.createServer(
    {
      maxHeaderSize: options.maxHeaderBytes,
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(requestTimeoutMs, MAX_HEADERS_TIMEOUT_MS),
      connectionsCheckingInterval: Math.min(requestTimeoutMs, MAX_CHECK_INTERVAL_MS),
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
    app as http.RequestListener,
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseOnTheWire(error, socket, options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { url: urlOf(server.address() as AddressInfo), close: (graceMs) => close(server, graceMs) };
}

function urlOf({ address, port, family }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function close(server: http.Server, graceMs: number): Promise<void> {
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  // A connection that was busy when the closing began is kept alive after its answer: nobody else would end it.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(force);
  clearInterval(sweep);
}
