import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from '@prometheus-io/client';
import { describeError, type Logger } from '../logger';

/** Whoever scrapes has sent all that it has to say at once. */
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 20;
/** One that does not read what it asked for gives its place to another. */
const STALLED_CONNECTION_MS = 30_000;

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves GET /metrics on a port of its own, which need not be open to those whom the service is for.
 * @throws Error with the system's code (EADDRINUSE, EACCES ...) when it cannot listen
 */
export async function serveMetrics(
  registry: Registry,
  { host, port, logger }: { host: string; port: number; logger: Logger },
): Promise<MetricsServer> {
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const path = request.url?.split('?', 1)[0]; // Prometheus appends the `params` of its job
    const isKnown = path === '/metrics' && (request.method === 'GET' || request.method === 'HEAD');
    if (!isKnown) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('GET /metrics\n');
      return;
    }
    const text = await registry.metrics();
    response.writeHead(200, { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' }).end(text);
  };
  const server = http.createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      logger.error('metrics cannot be told', describeError(error));
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = STALLED_CONNECTION_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });
  server.on('error', ({ message }) =>
    logger.debug('a connection to the metrics could not be taken', { error: message }),
  );
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/metrics`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
