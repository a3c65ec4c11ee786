import { isUtf8 } from 'node:buffer';
import { HttpFault } from './http-fault';

/** A string of a well-formed JSON text, and whether it is the name of an attribute. */
const STRINGS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g;

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
    throw invalid(`The body is not JSON${placeOf(error, text)}.`);
  }
  const twice = firstTwice(text, value);
  if (twice !== undefined) throw invalid(`The body has an attribute "${twice.slice(0, 80)}" twice in one object.`);
  return value;
}

/** Where V8 says that it stopped, in the way that editors count. */
function placeOf(error: unknown, text: string): string {
  const { message } = error instanceof SyntaxError ? error : { message: '' };
  if (/end of JSON/.test(message)) return ': it ends too early';
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${before.at(-1)!.length + 1})`;
}

/** The text has names that the value has fewer of. */
function firstTwice(text: string, value: unknown): string | undefined {
  const counts = new Map<string, number>();
  const count = (name: string, by: number): void => void counts.set(name, (counts.get(name) ?? 0) + by);
  for (const [string, colon] of text.matchAll(STRINGS)) {
    if (colon !== undefined) count(JSON.parse(string.slice(0, -colon.length)) as string, 1);
  }
  if (counts.size === 0) return undefined;
  const left = [value]; // no recursion: a client may nest as deep as a body is long
  while (left.length > 0) {
    const each = left.pop();
    if (typeof each !== 'object' || each === null) continue;
    if (!Array.isArray(each)) for (const name of Object.keys(each)) count(name, -1);
    for (const inner of Object.values(each)) left.push(inner);
  }
  return [...counts].find(([, more]) => more > 0)?.[0];
}

function invalid(detail: string): HttpFault {
  return new HttpFault('malformed', { code: 'registered-flavors.body.invalid', detail });
}
