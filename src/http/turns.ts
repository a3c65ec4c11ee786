import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How many requests may wait on one connection: nothing holds back a client that sends and sends but Node's memory. */
const MOST_ON_A_CONNECTION = 1000;

/** A request in its place on a connection. */
interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The one before it, as long as that is not over. */
  before: Turn | undefined;
  /** Once it has been answered, or its connection is gone. */
  isOver: boolean;
}

interface Connection {
  last: Turn | undefined;
  /** How many turns are not over. */
  open: number;
}

/**
 * The requests of one connection are served one after the other. Node would hand over all that a client pipelines at
 * once: a DELETE would overtake the POST before it (RFC 9112, 9.3.2), and the answers to a client that never reads
 * would pile up here.
 */
export class Turns {
  private readonly connections = new WeakMap<Socket, Connection>();
  private readonly waiting = new Set<ServerResponse>();
  private isEnding = false;

  /** Wraps a listener so that each request waits for its turn. */
  serve(listener: RequestListener): RequestListener {
    return (request, response) => {
      const connection = this.connectionOf(request.socket);
      if (connection.open >= MOST_ON_A_CONNECTION) {
        request.socket.destroy();
        return;
      }
      const { last } = connection;
      const turn: Turn = { request, response, before: last?.isOver === false ? last : undefined, isOver: false };
      connection.last = turn;
      connection.open += 1;
      this.waiting.add(response);
      response.once('close', () => {
        turn.isOver = true;
        connection.open -= 1;
        this.waiting.delete(response);
      });
      if (this.isEnding) response.setHeader('Connection', 'close');
      whenItComes(turn, () => {
        if (!request.socket.destroyed) listener(request, response);
        else process.nextTick(() => response.emit('close')); // Node closes only the one whose turn it was
      });
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
    const last = this.connections.get(socket)?.last;
    if (last === undefined) send();
    else if (last.request.complete) whenOver(last, send);
    else if (last.response.headersSent) socket.end();
    else whenItComes(last, send);
  }

  private connectionOf(socket: Socket): Connection {
    const known = this.connections.get(socket);
    if (known !== undefined) return known;
    const connection = { last: undefined, open: 0 };
    this.connections.set(socket, connection);
    return connection;
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
