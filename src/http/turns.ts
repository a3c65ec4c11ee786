import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Kept when those before it on the connection have been answered. */
  readonly comes: Promise<void>;
  /** Kept when it has been answered itself, or its connection is gone. */
  readonly ends: Promise<void>;
}

/**
 * The requests of one connection are served one after the other. Node would hand over all that a client pipelines at
 * once: a DELETE would overtake the POST before it (RFC 9112, 9.3.2), and the answers to a client that never reads
 * would pile up here.
 */
export class Turns {
  private readonly last = new WeakMap<Socket, Turn>();
  private readonly waiting = new Set<ServerResponse>();
  private isEnding = false;

  /** Wraps a listener so that each request waits for its turn. */
  serve(listener: RequestListener): RequestListener {
    return (request, response) => {
      const before = this.last.get(request.socket)?.ends;
      const ends = new Promise<void>((resolve) => response.once('close', resolve));
      this.waiting.add(response);
      void ends.then(() => this.waiting.delete(response));
      if (this.isEnding) response.setHeader('Connection', 'close');
      this.last.set(request.socket, { request, response, comes: before ?? Promise.resolve(), ends });
      if (before === undefined) listener(request, response);
      else void before.then(() => listener(request, response));
    };
  }

  /**
   * From now on every answer says that it is the last one of its connection: a client that is told so does not send
   * another request into a connection that is about to be closed.
   */
  end(): void {
    this.isEnding = true;
    for (const response of this.waiting) if (!response.headersSent) response.setHeader('Connection', 'close');
  }

  /**
   * Refuses what came over a connection and cannot be a request, when its turn comes. When it is the rest of a request
   * that has its answer already, the connection just ends: one request, one answer.
   */
  refuse(socket: Socket, send: () => void): void {
    const last = this.last.get(socket);
    if (last === undefined) send();
    else if (last.request.complete) void last.ends.then(send);
    else if (last.response.headersSent) socket.end();
    else void last.comes.then(send);
  }
}
