import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request in its place on a connection. */
interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The one before it, as long as that is not over. */
  before: Turn | undefined;
  /** Once it has been answered, or its connection is gone. */
  isOver: boolean;
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
      const last = this.last.get(request.socket);
      const turn: Turn = { request, response, before: last?.isOver === false ? last : undefined, isOver: false };
      this.last.set(request.socket, turn);
      this.waiting.add(response);
      response.once('close', () => {
        turn.isOver = true;
        this.waiting.delete(response);
      });
      if (this.isEnding) response.setHeader('Connection', 'close');
      whenItComes(turn, () => listener(request, response));
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
    else if (last.request.complete) whenOver(last, send);
    else if (last.response.headersSent) socket.end();
    else whenItComes(last, send);
  }
}

function whenItComes(turn: Turn, then: () => void): void {
  if (turn.before === undefined) then();
  else
    whenOver(turn.before, () => {
      turn.before = undefined;
      then();
    });
}

function whenOver(turn: Turn, then: () => void): void {
  if (turn.isOver) then();
  else turn.response.once('close', then);
}
