import { isUtf8 } from 'node:buffer';
import { quote } from './bad-items';
import { HttpFault } from './http-fault';

/** A string of a well-formed JSON text, with the colon that makes it the name of an attribute; or an object's brace. */
const STRING_OR_BRACE = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}]/g;

/**
 * What a JSON text says.
 * @throws HttpFault 400 when it is not JSON in UTF-8, or when an object has an attribute twice: `JSON.parse` would drop
 * all but the last one without a word (RFC 8259, 4)
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw invalid('The body is not in UTF-8.');
  const text = new TextDecoder().decode(bytes); // without a byte order mark
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`The body is not JSON${reasonOf(error, text)}.`);
  }
  const twice = firstTwice(text);
  if (twice !== undefined) throw invalid(`The body has an attribute "${quote(twice)}" twice in one object.`);
  return value;
}

/** Where it stopped, in the way that editors count; where V8 does not say, with what it quotes of the text. */
function reasonOf(error: unknown, text: string): string {
  const { message } = error instanceof SyntaxError ? error : { message: '' };
  if (message === 'Unexpected end of JSON input') return ': it ends too early';
  const position = / in JSON at position (\d+)( \(line \d+ column \d+\))?$/.exec(message)?.[1];
  if (position === undefined) return `: ${message}`;
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${before.at(-1)!.length + 1})`;
}

/** No recursion: a client may nest as deep as a body is long. */
function firstTwice(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, colon] of text.matchAll(STRING_OR_BRACE)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon !== undefined) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return undefined;
}

function invalid(detail: string): HttpFault {
  return new HttpFault('malformed', { code: 'registered-flavors.body.invalid', detail });
}
