import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { PieceEnds, type PieceKind } from '../../src/http/piece-ends';

const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

/** The pieces of bytes that arrive in some parts, as long as no request has a body. */
function piecesOf(parts: readonly string[]): [PieceKind, string][] {
  const ends = new PieceEnds();
  const pieces: [PieceKind, string][] = [];
  for (const part of parts) {
    let bytes = Buffer.from(part, 'latin1');
    while (bytes.length > 0) {
      const { end, kind } = ends.next(bytes, undefined);
      const piece = bytes.subarray(0, end);
      if (kind !== 'empty lines') ends.pass(piece);
      pieces.push([kind, piece.toString('latin1')]);
      bytes = bytes.subarray(end);
    }
  }
  return pieces;
}

describe('where bytes are cut', () => {
  it('behind each request, wherever the parts end in which they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(REQUEST), fc.constant('\r\n'), fc.constant('PUT /a HTTP/1.1\r\n\r\n'))),
        fc.array(fc.nat()),
        (texts, cuts) => {
          const text = texts.join('');
          const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
          const parts = at.slice(1).map((end, index) => text.slice(at[index], end));
          const pieces = piecesOf(parts);
          expect(pieces.map(([, piece]) => piece).join('')).toBe(text);
          for (const [kind, piece] of pieces)
            if (kind === 'headers') expect(piece.slice(0, -1)).not.toContain('\r\n\r\n');
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a body of a known length is one piece, and the next request another', () => {
    const ends = new PieceEnds();
    const request = { headers: { 'content-length': '6' } } as unknown as IncomingMessage;
    const body = Buffer.from('\r\n\r\n\r\n');
    ends.next(Buffer.from(REQUEST), undefined);
    ends.pass(Buffer.from(REQUEST));
    expect(ends.next(Buffer.concat([body, Buffer.from(REQUEST)]), request)).toEqual({
      ...{ end: 6, kind: 'body of known length' },
    });
    ends.pass(body);
    expect(ends.next(Buffer.from(REQUEST + REQUEST), undefined)).toEqual({ end: REQUEST.length, kind: 'headers' });
  });

  it('a body in chunks has pieces of 64 lines', () => {
    const ends = new PieceEnds();
    ends.pass(Buffer.from(REQUEST));
    const request = { headers: { 'transfer-encoding': 'chunked' } } as unknown as IncomingMessage;
    expect(ends.next(Buffer.from('1\r\nb\r\n'.repeat(100)), request)).toEqual({ end: 6 * 32, kind: 'chunks' });
  });
});
