import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { lingeringClose } from './lingering-close';

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
  /** The last turn of each connection. */
  private readonly last = new WeakMap<Socket, Turn>();
  private readonly refused = new WeakSet<Socket>();
  private readonly open = new Set<ServerResponse>();
  private isEnding = false;

  /** Wraps a listener so that each request waits for its turn. */
  serve(listener: RequestListener): RequestListener {
    return (request, response) => {
      const { socket } = request;
      const last = this.last.get(socket);
      const before = last?.isOver === false ? last : undefined;
      const turn: Turn = { request, response, before, isOver: false };
      this.last.set(socket, turn);
      this.open.add(response);
      response.on('close', () => {
        turn.isOver = true;
        this.open.delete(response);
      });
      if (this.isEnding) response.setHeader('Connection', 'close');
      whenItComes(turn, () => {
        // What comes behind the last answer, a refusal for instance, may have been promised that nothing is done.
        if (socket.writable) listener(request, response);
        else process.nextTick(() => response.emit('close')); // Node closes only the one whose turn it was
      });
    };
  }

  /**
   * Calls back when the last request of a connection has been answered, or the connection is gone.
   * @returns false when that is so already, or more of this request is to come: then nobody is called
   */
  whenAnswered(socket: Socket, then: () => void): boolean {
    const last = this.last.get(socket);
    if (last === undefined || last.isOver || !last.request.complete) return false;
    last.response.once('close', then);
    return true;
  }

  /** The last request of a connection, if more of it is to come. */
  arriving(socket: Socket): IncomingMessage | undefined {
    const request = this.last.get(socket)?.request;
    return request?.complete === false ? request : undefined;
  }

  /** Whether what comes over a connection from now on means nothing. */
  isRefused(socket: Socket): boolean {
    return this.refused.has(socket);
  }

  /**
   * From now on every answer says that it is the last one of its connection: a client that is told so does not send
   * another request into a connection that is about to be closed.
   */
  end(): void {
    this.isEnding = true;
    for (const response of this.open) if (!response.headersSent) response.setHeader('Connection', 'close');
  }

  /**
   * Refuses what came over a connection and cannot be a request, when its turn comes. When it is the rest of a request
   * that has its answer already, the connection just ends: one request, one answer. Node tells of each piece that comes
   * behind it, too: they are the same refusal.
   */
  refuse(socket: Socket, send: () => void): void {
    if (this.refused.has(socket)) return;
    this.refused.add(socket);
    const last = this.last.get(socket);
    if (last === undefined) send();
    else if (last.request.complete) whenOver(last, send);
    else if (last.response.headersSent) lingeringClose(socket);
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
