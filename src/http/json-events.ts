import { Tokenizer, TokenizerError, TokenType } from '@streamparser/json';
import { HttpFault } from './http-fault';

/** What a JSON text consists of, in the order in which it stands there. */
export interface JsonEvents {
  /** An object or a list begins. */
  open(kind: Kind): void;
  /** It ends. */
  close(): void;
  /** The name of an attribute. */
  name(name: string): void;
  value(value: string | number | boolean | null): void;
}

type Kind = 'object' | 'list';
type Token = Parameters<Tokenizer['onToken']>[0];

/** What may come next. A list or an object may end at its beginning and behind an item, but not behind a comma. */
type Next = 'value' | 'value or end' | 'name' | 'name or end' | 'colon' | 'comma or end' | 'nothing';

const MAX_DEPTH = 1000;
/** Of one text, and of what stands between two: so much is held before it is known what it is. */
const MAX_TOKEN_BYTES = 1024 * 1024;
const LINE_FEED = 0x0a;
const NOTHING = Buffer.alloc(0);
/** The tokenizer's state in which anything may begin, but no byte order mark. */
const START = 0;
/** The byte order mark in UTF-8. */
const MARK = Buffer.from('\ufeff');
/** Of the byte, in what the tokenizer says. */
const POSITION = /absolute position "(\d+)"/;
/** Texts of this length are put together without a copy. */
const STRING_BUFFER_BYTES = 4096;

/**
 * Reads a JSON text (RFC 8259) in UTF-8, in whatever parts it comes, and tells what it consists of. Nothing is kept of it.
 * A part takes as long as it has tokens: 8 KiB of usual ids take about a fifth of a millisecond.
 */
export class JsonReader {
  readonly #tokens = new Tokenizer({ stringBufferSize: STRING_BUFFER_BYTES });
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  readonly #open: Kind[] = [];
  #next: Next = 'value';
  /** How many bytes have been read before the present part, and up to the last token. */
  #bytes = 0;
  #tokenAt = 0;
  /** Where the present part begins: its line, and the place of that line's first byte. */
  #line = 1;
  #lineAt = 0;
  /** The first bytes, until it is known whether they are a byte order mark. */
  #first: Buffer | undefined = NOTHING;

  constructor(private readonly events: JsonEvents) {
    this.#tokens.onToken = (token) => this.#take(token);
    takeMarksAsTheyAre(this.#tokens);
  }

  /** @throws HttpFault 400 when it is not JSON in UTF-8; and what the events throw */
  write(part: Buffer): void {
    this.#read(this.#first === undefined ? part : this.#withoutMark(this.#first, part));
  }

  #read(part: Buffer): void {
    this.#decode(part);
    try {
      this.#tokens.write(part);
    } catch (error) {
      throw this.#isMalformed(error) ? this.#malformed(part, error) : error;
    }
    this.#pass(part);
    if (this.#bytes - this.#tokenAt > MAX_TOKEN_BYTES) {
      throw invalid(`The body has a string, or white space, of more than ${MAX_TOKEN_BYTES} bytes.`);
    }
  }

  /** @throws HttpFault 400 when it ends too early */
  end(): void {
    if (this.#first !== undefined) this.#read(this.#first);
    this.#decode(undefined);
    try {
      this.#tokens.end();
    } catch (error) {
      if (error instanceof Misplaced) throw this.#malformed(NOTHING, error);
      throw error instanceof TokenizerError ? endsTooEarly() : error;
    }
    if (this.#next !== 'nothing') throw endsTooEarly();
  }

  #decode(part: Buffer | undefined): void {
    try {
      this.#utf8.decode(part, { stream: part !== undefined });
    } catch {
      throw invalid('The body is not in UTF-8.');
    }
  }

  #take({ token, value, offset }: Token): void {
    this.#tokenAt = offset;
    if (token === TokenType.COLON) this.#require('colon', 'value');
    else if (token === TokenType.COMMA) this.#comma();
    else if (token === TokenType.RIGHT_BRACE) this.#close('object', 'name or end');
    else if (token === TokenType.RIGHT_BRACKET) this.#close('list', 'value or end');
    else if (token === TokenType.STRING && this.#next.startsWith('name')) {
      this.#next = 'colon';
      this.events.name(value as string);
    } else if (!this.#next.startsWith('value')) throw new Misplaced();
    else if (token === TokenType.LEFT_BRACE) this.#begin('object', 'name or end');
    else if (token === TokenType.LEFT_BRACKET) this.#begin('list', 'value or end');
    else {
      this.#behindValue();
      this.events.value(value);
    }
  }

  #require(wanted: Next, next: Next): void {
    if (this.#next !== wanted) throw new Misplaced();
    this.#next = next;
  }

  #comma(): void {
    this.#require('comma or end', this.#open.at(-1) === 'object' ? 'name' : 'value');
  }

  #begin(kind: Kind, next: Next): void {
    if (this.#open.push(kind) > MAX_DEPTH) throw invalid(`The body has more than ${MAX_DEPTH} levels.`);
    this.#next = next;
    this.events.open(kind);
  }

  #close(kind: Kind, whenEmpty: Next): void {
    if (this.#open.at(-1) !== kind || (this.#next !== 'comma or end' && this.#next !== whenEmpty))
      throw new Misplaced();
    this.#open.pop();
    this.#behindValue();
    this.events.close();
  }

  #behindValue(): void {
    this.#next = this.#open.length === 0 ? 'nothing' : 'comma or end';
  }

  /** RFC 8259, 8.1: a parser may pass over a byte order mark. The tokenizer would do so in many places. */
  #withoutMark(first: Buffer, part: Buffer): Buffer {
    const text = Buffer.concat([first, part]);
    const isMark = text.subarray(0, MARK.length).equals(MARK.subarray(0, text.length));
    this.#first = isMark && text.length < MARK.length ? text : undefined;
    if (this.#first !== undefined) return NOTHING;
    return isMark ? text.subarray(MARK.length) : text;
  }

  #pass(part: Buffer): void {
    for (let at = part.indexOf(LINE_FEED); at >= 0; at = part.indexOf(LINE_FEED, at + 1)) {
      this.#line += 1;
      this.#lineAt = this.#bytes + at + 1;
    }
    this.#bytes += part.length;
  }

  #isMalformed(error: unknown): error is Error {
    return error instanceof Misplaced || error instanceof TokenizerError;
  }

  /** Where it stopped, in the way that editors count. A string has no line feed in it: it began on the present line. */
  #malformed(part: Buffer, error: Error): HttpFault {
    const byte = error instanceof Misplaced ? this.#tokenAt : Number(POSITION.exec(error.message)?.[1]);
    this.#pass(part.subarray(0, Math.max(0, byte - this.#bytes)));
    return invalid(`The body is not JSON (line ${this.#line}, column ${byte - this.#lineAt + 1}).`);
  }
}

/**
 * The tokenizer (@streamparser/json 0.0.26) passes over U+FEFF in each place before its first scalar, and takes it off the
 * beginning of each string: a name would be taken for another one. Nothing that the library offers changes that.
 */
function takeMarksAsTheyAre(tokens: Tokenizer): void {
  const inner = tokens as unknown as { state: number; bufferedString: { decoder: InstanceType<typeof TextDecoder> } };
  inner.state = START;
  inner.bufferedString.decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
}

/** A token where another one should be. */
class Misplaced extends Error {}

function endsTooEarly(): HttpFault {
  return invalid('The body is not JSON: it ends too early.');
}

function invalid(detail: string): HttpFault {
  return new HttpFault('malformed', { code: 'registered-flavors.body.invalid', detail });
}
