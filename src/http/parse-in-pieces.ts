import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FairTurns } from '../fairness/fair-turns';
import { DropRate } from './drop-rate';
import { isDropped } from './lingering-close';
import { PieceEnds } from './piece-ends';
import { sourceOf, turnsKeyOf } from './source-address';
import type { Turns } from './turns';

/** So much is read ahead at least: a client that sends little and leaves is noticed, whatever it waits for. */
const MAX_HELD_BYTES = 16 * 1024;
/** Of empty lines before a request. They mean nothing (RFC 9112, 2.2); who sends more sends no requests. */
const MAX_EMPTY_BYTES = 16 * 1024;
/** What waits unparsed, over all connections. */
const MAX_HELD_TOGETHER = 32 * 1024 * 1024;

type Parse = (this: Socket, bytes: Buffer) => void;

/** What all connections of a server have in common. */
interface Shared {
  /** The requests of each connection. */
  readonly answers: Turns;
  /** When a source may have more parsed. */
  readonly turns: FairTurns;
  readonly dropRate: DropRate;
  heldBytes: number;
}

/**
 * Hands the bytes of each connection to Node's parser in pieces. Node itself parses all that was read at once, 64 KiB or
 * some 2,000 small requests, even when the first of them ends the connection: 300 clients who pipeline that much would
 * stop the process for seconds. Here a piece ends behind the headers of a request, the next one waits until the requests
 * before it have their answers, and what is more than a client sends as a rule waits for its turn.
 */
export function parseInPieces(server: Server, answers: Turns, turns: FairTurns): void {
  const shared: Shared = { answers, turns, dropRate: new DropRate(), heldBytes: 0 };
  server.on('connection', (socket: Socket) => {
    const parse = socket.listeners('data')[0] as Parse; // Node's: it has been the first to hear of the connection
    socket.off('data', parse);
    new PiecewiseParsing(socket, parse, shared);
  });
}

class PiecewiseParsing {
  /** What was read and has not been parsed. */
  #held: Buffer | undefined;
  readonly #ends = new PieceEnds();
  #emptyBytes = 0;
  /** For an answer, for its turn, or until more may be dropped. */
  #isWaiting = false;
  /** Until its first bytes come. */
  #isNew = true;
  /** How many bytes are held at least when it pauses, as long as it waits. */
  #pausesAt = 0;
  #hasPaused = false;
  /** What of the held bytes is in `Shared.heldBytes`. */
  #countedBytes = 0;

  constructor(
    private readonly socket: Socket,
    private readonly parse: Parse,
    private readonly shared: Shared,
  ) {
    socket.on('data', this.#take);
    socket.on('resume', this.#goOn);
    socket.on('end', this.#forget).on('close', this.#forget);
  }

  readonly #take = (bytes: Buffer): void => {
    const isAll = this.#held === undefined;
    this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    if (this.#isWaiting) this.#hold();
    else if (this.#isNew && this.shared.turns.isCrowded) this.#waitToBegin();
    else this.#parseHeld(isAll);
    this.#isNew = false;
  };

  /** By the next iteration of the loop it is known of a client that leaves right behind its request that it has left. */
  #waitToBegin(): void {
    setImmediate(() => setImmediate(this.#atTurn));
    this.#wait(MAX_HELD_BYTES);
  }

  /** Node pauses a connection whose client does not read, and resumes it whenever somebody reads a request's body. */
  readonly #goOn = (): void => {
    if (this.#isWaiting) this.#hold();
    else this.#parseHeld(false);
  };

  readonly #forget = (): void => {
    this.#held = undefined;
    this.#count(0);
  };

  /** @param hasTurn whether the next piece needs no turn */
  #parseHeld(hasTurn: boolean): void {
    const { answers } = this.shared;
    let needsNoTurn = hasTurn;
    while (this.#held !== undefined && !this.#isWaiting && !this.socket.isPaused()) {
      if (this.socket.destroyed) this.#forget();
      else if (answers.isRefused(this.socket)) this.#drop(this.#held);
      else if (answers.whenAnswered(this.socket, this.#withoutTurn)) this.#wait(MAX_HELD_BYTES);
      else if (!this.#parsePiece(this.#held, needsNoTurn)) return;
      needsNoTurn = false;
    }
  }

  /** @returns false when it has to wait for its turn */
  #parsePiece(held: Buffer, hasTurn: boolean): boolean {
    const { end, kind } = this.#ends.next(held, this.shared.answers.arriving(this.socket));
    if (!hasTurn && (kind === 'headers' || kind === 'chunks') && !this.#getsTurn()) return false;
    this.#held = end < held.length ? held.subarray(end) : undefined;
    if (kind === 'empty lines') {
      this.#emptyBytes += end;
      if (this.#emptyBytes > MAX_EMPTY_BYTES) this.socket.destroy();
      return true;
    }
    this.#emptyBytes = 0;
    const piece = end < held.length ? held.subarray(0, end) : held;
    this.#ends.pass(piece);
    this.parse.call(this.socket, piece);
    if (isDropped(this.socket)) this.#spend(end);
    return true;
  }

  #drop(held: Buffer): void {
    this.#forget();
    this.#spend(held.length);
  }

  #spend(bytes: number): void {
    if (!this.shared.dropRate.spend(sourceOf(this.socket.remoteAddress), bytes, this.#withoutTurn)) this.#wait(0);
  }

  #getsTurn(): boolean {
    const turn = this.shared.turns.take(turnsKeyOf(this.socket));
    if (turn === undefined) return true;
    void turn.then(this.#atTurn);
    this.#wait(MAX_HELD_BYTES);
    return false;
  }

  #wait(pausesAt: number): void {
    this.#isWaiting = true;
    this.#pausesAt = pausesAt;
    this.#hold();
  }

  #hold(): void {
    const bytes = this.#held?.length ?? 0;
    this.#count(bytes);
    if (this.shared.heldBytes > MAX_HELD_TOGETHER) this.socket.destroy();
    else if (bytes >= this.#pausesAt && !this.socket.isPaused()) {
      this.#hasPaused = true;
      this.socket.pause();
    }
  }

  #count(bytes: number): void {
    this.shared.heldBytes += bytes - this.#countedBytes;
    this.#countedBytes = bytes;
  }

  readonly #atTurn = (): void => this.#stopWaiting(true);
  readonly #withoutTurn = (): void => this.#stopWaiting(false);

  #stopWaiting(hasTurn: boolean): void {
    this.#isWaiting = false;
    this.#count(0);
    if (this.#hasPaused) this.socket.resume();
    this.#hasPaused = false;
    this.#parseHeld(hasTurn);
  }
}
