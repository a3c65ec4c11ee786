import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { FairTurns } from '../fairness/fair-turns';
import { DropRate } from './drop-rate';
import { isDropped } from './lingering-close';
import { sourceOf } from './source-address';
import type { Turns } from './turns';

/** As many lines as a piece has at most: a chunked body of single bytes does not hold up the loop either. */
const MAX_LINES = 64;
/** So much is read ahead at least: a client that sends little and leaves is noticed, whatever it waits for. */
const MAX_HELD_BYTES = 16 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

type Parse = (this: Socket, bytes: Buffer) => void;

/**
 * Hands the bytes of each connection to Node's parser in pieces. Node itself parses all that was read at once, 64 KiB or
 * some 2,000 small requests, even when the first of them ends the connection: 300 clients who pipeline that much would
 * stop the process for seconds. Here a piece ends behind the headers of a request, the next one waits until the requests
 * before it have their answers, and what is more than a client sends as a rule waits for its turn.
 */
export function parseInPieces(server: Server, answers: Turns): void {
  const shared = { answers, turns: new FairTurns(), dropRate: new DropRate() };
  server.on('connection', (socket: Socket) => {
    const parse = socket.listeners('data')[0] as Parse; // Node's: it has been the first to hear of the connection
    socket.off('data', parse);
    new PiecewiseParsing(socket, parse, shared);
  });
}

interface Shared {
  readonly answers: Turns;
  readonly turns: FairTurns;
  readonly dropRate: DropRate;
}

class PiecewiseParsing {
  /** What was read and has not been parsed. */
  #held: Buffer | undefined;
  /** For an answer, for its turn, or until more may be dropped. */
  #isWaiting = false;
  /** How many bytes are held at least when it pauses, as long as it waits. */
  #pausesAt = 0;
  #hasPaused = false;

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
    const isFirst = this.#held === undefined;
    this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    if (this.#isWaiting) this.#pauseWhenFull();
    else this.#parseHeld(isFirst);
  };

  /** Node pauses a connection whose client does not read, and resumes it whenever somebody reads a request's body. */
  readonly #goOn = (): void => {
    if (this.#isWaiting) this.#pauseWhenFull();
    else this.#parseHeld(false);
  };

  readonly #forget = (): void => {
    this.#held = undefined;
  };

  /** @param hasTurn whether the next piece needs no turn */
  #parseHeld(hasTurn: boolean): void {
    const { answers } = this.shared;
    let needsNoTurn = hasTurn;
    while (this.#held !== undefined && !this.#isWaiting && !this.socket.isPaused()) {
      if (this.socket.destroyed) this.#forget();
      else if (answers.isRefused(this.socket)) this.#drop(this.#held);
      else if (answers.whenAnswered(this.socket, this.#afterAnswer)) this.#wait(MAX_HELD_BYTES);
      else if (needsNoTurn || this.#getsTurn()) this.#parsePiece(this.#held);
      needsNoTurn = false;
    }
  }

  #parsePiece(held: Buffer): void {
    const end = endOfPiece(held);
    this.#held = end < held.length ? held.subarray(end) : undefined;
    this.parse.call(this.socket, end < held.length ? held.subarray(0, end) : held);
    if (isDropped(this.socket)) this.#spend(end);
  }

  #drop(held: Buffer): void {
    this.#forget();
    this.#spend(held.length);
  }

  #spend(bytes: number): void {
    if (!this.shared.dropRate.spend(this.#source, bytes, this.#mayDrop)) this.#wait(0);
  }

  #getsTurn(): boolean {
    const turn = this.shared.turns.take(this.#source);
    if (turn === undefined) return true;
    void turn.then(this.#atTurn);
    this.#wait(MAX_HELD_BYTES);
    return false;
  }

  #wait(pausesAt: number): void {
    this.#isWaiting = true;
    this.#pausesAt = pausesAt;
    this.#pauseWhenFull();
  }

  #pauseWhenFull(): void {
    if ((this.#held?.length ?? 0) < this.#pausesAt || this.socket.isPaused()) return;
    this.#hasPaused = true;
    this.socket.pause();
  }

  readonly #afterAnswer = (): void => this.#stopWaiting(false);
  readonly #atTurn = (): void => this.#stopWaiting(true);
  readonly #mayDrop = (): void => this.#stopWaiting(false);

  #stopWaiting(hasTurn: boolean): void {
    this.#isWaiting = false;
    if (this.#hasPaused) this.socket.resume();
    this.#hasPaused = false;
    this.#parseHeld(hasTurn);
  }

  get #source(): string {
    return sourceOf(this.socket.remoteAddress);
  }
}

/** Behind the first empty line: there the headers of a request end, or a body in chunks, or it stands within a body. */
function endOfPiece(held: Buffer): number {
  let begin = 0;
  for (let line = 0; line < MAX_LINES; line += 1) {
    const end = held.indexOf(LINE_FEED, begin) + 1;
    if (end === 0) return held.length;
    if (end === begin + 2 && held[begin] === CARRIAGE_RETURN) return end;
    begin = end;
  }
  return begin;
}
