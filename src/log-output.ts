import { Writable } from 'node:stream';
import { codeOf, CutOff, type LogTarget } from './log-file';

/** How much may wait for a reader who does not read, in characters. Beyond it lines are lost. */
const MAX_WAITING_CHARACTERS = 1024 * 1024;

/** How much of it is gathered at the most before it goes out together. */
const MAX_GATHERED_CHARACTERS = 64 * 1024;

interface Gathered {
  text: string;
  lines: number;
  /** How many lost lines one of them speaks of. */
  said: number;
}
const NOTHING: Gathered = { text: '', lines: 0, said: 0 };

/** Lines that did not get out. */
export interface LostLines {
  readonly lines: number;
  /** The system's code, such as ENOSPC and EPIPE, or that nobody reads. */
  readonly reason: string;
}

/**
 * Where the lines of the log go: on to stdout, whatever becomes of that. A full disk, a reader who leaves and one who does
 * not read any more cost lines, which are counted, and nothing else: neither the process nor its memory.
 */
export class LogOutput extends Writable {
  /** How many lines have been lost so far. */
  lost = 0;
  /** How many of them no line of the log speaks of yet. */
  #unsaid = 0;
  /** How many the next line speaks of. */
  #said = 0;
  #reason = '';
  /** After a failure: a disk that is full may have taken the beginning of a line. */
  #isTorn = false;
  /** While lines are dropped because those before them have not been read. */
  #isBehind = false;
  /** Lines that go out together when the iteration of the event loop ends: a system call for each would cost more. */
  #gathered = NOTHING;

  /** @param onRecovered logs a line, once each time that lines get out again after some were lost */
  constructor(
    private readonly target: LogTarget,
    private readonly onRecovered: (lost: LostLines) => void,
  ) {
    super({ decodeStrings: false });
    // The callback of each write hears it.
    if (target instanceof Writable && target.listenerCount('error', ignore) === 0) target.on('error', ignore);
  }

  override _write(line: string, _encoding: string, done: () => void): void {
    this.writeLine(line);
    done(); // what waits, waits in the target alone
  }

  /** As `write`, without what a stream does for each of its chunks. */
  writeLine(line: string): void {
    const said = this.#said;
    this.#said = 0;
    if (this.#gathered.text.length > MAX_GATHERED_CHARACTERS) this.flush();
    const waiting = this.target.writableLength + this.#gathered.text.length;
    this.#isBehind = waiting > (this.#isBehind ? 0 : MAX_WAITING_CHARACTERS);
    if (this.#isBehind) this.#lose(1, said, 'nobody reads it');
    else this.#gather(line, said);
  }

  #gather(line: string, said: number): void {
    if (this.#gathered === NOTHING) {
      this.#gathered = { text: line, lines: 1, said };
      setImmediate(this.flush);
    } else {
      this.#gathered.text += line;
      this.#gathered.lines += 1;
      this.#gathered.said += said;
    }
  }

  /** Hands on what has been gathered: at the end of the process nobody else does. */
  readonly flush = (): void => {
    if (this.#gathered === NOTHING) return;
    const { text, lines, said } = this.#gathered;
    this.#gathered = NOTHING;
    const start = this.#isTorn ? '\n' : '';
    this.target.write(start + text, (error) => {
      if (error) {
        const out = error instanceof CutOff ? Math.max(0, error.lineFeeds - start.length) : 0;
        this.#isTorn = true;
        this.#lose(lines - out, said, codeOf(error));
      } else {
        this.#isTorn = false;
        this.#recover();
      }
    });
  };

  #lose(lines: number, said: number, reason: string): void {
    this.lost += lines;
    this.#unsaid += lines + said;
    this.#reason = reason;
  }

  #recover(): void {
    if (this.#unsaid === 0 || this.target.writableLength > 0) return; // it may stall again before all has been read
    const lost = { lines: this.#unsaid, reason: this.#reason };
    this.#said = lost.lines;
    this.#unsaid = 0;
    this.onRecovered(lost);
  }
}

function ignore(): void {}
