import type { IncomingMessage } from 'node:http';

/** How many lines of a body in chunks make a piece: each chunk costs as much, be it of one byte. */
const MAX_LINES = 64;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** An empty line. The headers of a request end with it, and a body in chunks. */
const END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/** What a piece is: the headers of a request, all of them or a part; of a body; or empty lines before a request. */
export type PieceKind = 'headers' | 'body of known length' | 'chunks' | 'empty lines';

/** Where the bytes of one connection can be cut, so that few requests come in a piece, one as a rule, and none costs much. */
export class PieceEnds {
  /** The request of which more was to come when the last piece ended. */
  #arriving: IncomingMessage | undefined;
  /** Of a body whose length is known. */
  #bodyBytesLeft = 0;
  /** The last bytes that were passed, where they may begin an empty line. */
  #tail = NOTHING;
  /** Whether the last piece ended with an empty line. */
  #isBehindEmptyLine = true;

  /**
   * @param bytes those behind the last piece
   * @param arriving the request of which more is to come, if the last piece ended within one
   * @returns how many of them are the next piece, and what it is
   */
  next(bytes: Buffer, arriving: IncomingMessage | undefined): { end: number; kind: PieceKind } {
    if (arriving !== this.#arriving) this.#bodyBytesLeft = this.#isBodyNext() ? lengthOf(arriving) : 0;
    this.#arriving = arriving;
    if (this.#bodyBytesLeft > 0)
      return { end: Math.min(bytes.length, this.#bodyBytesLeft), kind: 'body of known length' };
    if (arriving !== undefined) return { end: endOfLines(bytes), kind: 'chunks' };
    const begin = this.#isBehindEmptyLine ? endOfEmptyLines(bytes) : 0;
    return begin > 0 ? { end: begin, kind: 'empty lines' } : { end: this.#endOfHeaders(bytes), kind: 'headers' };
  }

  /** Goes on behind a piece. */
  pass(piece: Buffer): void {
    if (this.#bodyBytesLeft > 0) {
      this.#bodyBytesLeft -= piece.length;
      this.#tail = NOTHING;
      this.#isBehindEmptyLine = this.#bodyBytesLeft === 0; // a request may follow, as behind an empty line
      return;
    }
    const last = piece.length < END.length ? Buffer.concat([this.#tail, piece]) : piece;
    this.#isBehindEmptyLine = last.subarray(-END.length).equals(END);
    this.#tail = this.#isBehindEmptyLine ? NOTHING : Buffer.from(last.subarray(1 - END.length));
  }

  /** Behind the headers of a request, and not behind the end of another body with headers in it. */
  #isBodyNext(): boolean {
    return this.#isBehindEmptyLine && this.#arriving === undefined;
  }

  #endOfHeaders(bytes: Buffer): number {
    const atOnce = restOfEnd(this.#tail, bytes);
    if (atOnce > 0) return atOnce;
    const end = bytes.indexOf(END);
    return end < 0 ? bytes.length : end + END.length;
  }
}

function lengthOf(request: IncomingMessage | undefined): number {
  return Number(request?.headers['content-length'] ?? 0);
}

/** How many bytes are still to come of an empty line that has begun with the bytes before. */
function restOfEnd(before: Buffer, bytes: Buffer): number {
  for (let begun = Math.min(before.length, END.length - 1); begun > 0; begun -= 1) {
    const rest = END.subarray(begun);
    if (before.subarray(-begun).equals(END.subarray(0, begun)) && bytes.subarray(0, rest.length).equals(rest))
      return rest.length;
  }
  return 0;
}

function endOfEmptyLines(bytes: Buffer): number {
  let end = 0;
  while (bytes[end] === CARRIAGE_RETURN && bytes[end + 1] === LINE_FEED) end += 2;
  return end;
}

function endOfLines(bytes: Buffer): number {
  let end = 0;
  for (let line = 0; line < MAX_LINES; line += 1) {
    end = bytes.indexOf(LINE_FEED, end) + 1;
    if (end === 0) return bytes.length;
  }
  return end;
}
