import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Connections } from './connections';

/** How many connections more are taken, only to tell them. Whoever comes beyond these is hung up on without a word. */
const MOST_SURPLUS = 1000;
/** How long one of them may take to send a request. */
const SURPLUS_PATIENCE_MS = 2_000;

const surplus = new WeakSet<Socket>();

/**
 * Connections beyond `most` are surplus: one request each, which `admission` refuses unless it asks how the service is,
 * and they are closed behind the answer. A refusal before the request has come would often be lost: a client that is
 * still sending meets a reset.
 * @param refuse answers a connection on which no request came
 */
export function limitConnections(
  server: Server,
  connections: Connections,
  most: number,
  refuse: (socket: Socket) => void,
): void {
  server.maxConnections = most + MOST_SURPLUS;
  server.on('connection', (socket: Socket) => {
    if (connections.count <= most) return;
    surplus.add(socket);
    const patience = setTimeout(() => refuse(socket), SURPLUS_PATIENCE_MS);
    socket.once('close', () => clearTimeout(patience));
  });
}

/** Whether a connection is one too many. */
export function isSurplus(socket: Socket): boolean {
  return surplus.has(socket);
}

/** Wraps a listener so that the first answer to a surplus connection is its last one. */
export function closingSurplus(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (isSurplus(request.socket)) response.setHeader('Connection', 'close');
    listener(request, response);
  };
}
