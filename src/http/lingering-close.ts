import type { Socket } from 'node:net';
import type { Request } from 'express';
import { announcesBody, MAX_DOCUMENT_BYTES, MIN_CHUNK_BYTES, takesDocument } from './request-limits';

/** How long a client may still send on a connection that is being closed. */
const MAX_LINGER_MS = 2_000;
/**
 * How much a client may still send behind a refusal; where a document of registrations is taken, the rest of one. Many
 * clients read the answer only when they have sent all.
 */
const MAX_DROPPED_BYTES = 64 * 1024 * 1024;
/** Who sends so many chunks that have less than MIN_CHUNK_BYTES on average is let go. */
const CHUNKS = 4096;
const CHECK_INTERVAL_MS = 50;

/** How many reasons there are to drop what comes over a connection. */
const dropping = new WeakMap<Socket, number>();

/**
 * Ends a connection so that its last answer arrives: a socket that is closed while the client still sends is reset, and
 * a reset may overtake the answer. So what comes is read and dropped until the client ends, too (RFC 9112, 9.6).
 */
export function lingeringClose(socket: Socket): void {
  socket.end();
  boundDropped(socket);
  const end = setTimeout(() => socket.destroy(), MAX_LINGER_MS).unref();
  socket.once('close', () => clearTimeout(end));
}

/**
 * Reads and drops the rest of a request that is answered before it has arrived. It has the time that every request has
 * to arrive. When the answer is the last one of its connection, that is closed behind the rest, not behind the answer.
 */
export function dropRest(request: Request): void {
  const { socket } = request;
  if (request.complete || !announcesBody(request) || socket.destroyed) return;
  const stopBounding = boundDropped(socket, takesDocument(request) ? MAX_DOCUMENT_BYTES : MAX_DROPPED_BYTES);
  let isLast = false;
  // Node calls this when the last answer is out.
  socket.destroySoon = () => {
    isLast = true;
    socket.end();
  };
  let chunks = 0;
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    chunks += 1;
    bytes += chunk.length;
    if (chunks < CHUNKS) return;
    if (bytes < CHUNKS * MIN_CHUNK_BYTES) socket.destroy();
    chunks = bytes = 0;
  };
  if ('transfer-encoding' in request.headers) request.on('data', count);
  request.resume().once('end', () => {
    stopBounding();
    delete (socket as Partial<Socket>).destroySoon;
    if (isLast) socket.destroySoon();
  });
}

/** Whether what comes over a connection is dropped at present. */
export function isDropped(socket: Socket): boolean {
  return (dropping.get(socket) ?? 0) > 0;
}

/** Lets go of a client that sends too much from now on. Counted by the connection itself, whoever reads from it. */
export function boundDropped(socket: Socket, mostBytes = MAX_DROPPED_BYTES): () => void {
  const most = socket.bytesRead + mostBytes;
  const check = setInterval(() => {
    if (socket.bytesRead > most) socket.destroy();
  }, CHECK_INTERVAL_MS).unref();
  dropping.set(socket, (dropping.get(socket) ?? 0) + 1);
  const stop = (): void => {
    clearInterval(check);
    socket.off('close', stop);
    dropping.set(socket, (dropping.get(socket) ?? 0) - 1);
  };
  socket.once('close', stop);
  return stop;
}
