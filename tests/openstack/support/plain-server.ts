import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of one's own, for what the stub cannot do. */
export interface PlainServer {
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
}

/** Starts one on loopback. */
export async function startPlainServer(listener: RequestListener): Promise<PlainServer> {
  return listenOnLoopback(createServer(listener), 'http');
}

/** Lets a server listen on loopback, on any port. */
export async function listenOnLoopback(server: Server, scheme: 'http' | 'https'): Promise<PlainServer> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url, server, close };
}
