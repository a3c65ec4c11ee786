import diagnostics from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const CHANNELS = ['net.server.socket', 'net.client.socket', 'http.server.request.start'];

/**
 * Watches every socket and every HTTP server of this process from its beginning, and notes each that for a moment would
 * end the process: its 'error' has no listener, and it is still open.
 */
export class ErrorListeners {
  /** Whose 'error' nobody would have heard, and when. */
  readonly missing: string[] = [];
  /** How many sockets have been seen. */
  watched = 0;
  private readonly servers = new WeakSet<Server>();

  constructor() {
    for (const name of CHANNELS) diagnostics.subscribe(name, this.see);
  }

  stop(): void {
    for (const name of CHANNELS) diagnostics.unsubscribe(name, this.see);
  }

  private readonly see = (message: unknown): void => {
    const { socket, server } = message as { socket: Socket; server?: Server };
    if (server === undefined) this.watch(socket);
    else if (!this.servers.has(server)) {
      this.servers.add(server);
      this.check('a server', server);
    }
  };

  private watch(socket: Socket): void {
    this.watched += 1;
    // Errors are told in a turn of their own, so that a listener which another replaces at once is not missed.
    const checkSoon = (when: string) =>
      setImmediate(() => {
        if (!socket.destroyed) this.check(`a socket, ${when}`, socket);
      });
    checkSoon('new');
    socket.on('removeListener', (event) => event === 'error' && checkSoon('after a listener has gone'));
  }

  private check(what: string, emitter: EventEmitter): void {
    if (emitter.listenerCount('error') === 0) this.missing.push(what);
  }
}
