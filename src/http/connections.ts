import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Every connection of a server, from its first moment to its last.
 *
 * At 'connect' Node takes its own listeners off the socket and forgets it. Then an error that nobody hears ends the
 * process, no time-out ends an idle connection, and closing the server waits for it. So what has to hold for every
 * connection is arranged here, when it comes, and does not depend on what Node does with it later.
 */
export class Connections {
  readonly #open = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      socket.on('error', ignore); // a reset is an end like any other: 'close' comes behind it
      socket.on('timeout', () => socket.destroy()); // as Node does, unless it has handed the socket over
    });
  }

  get count(): number {
    return this.#open.size;
  }

  closeAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

function ignore(): void {}
