import { parseEnv } from 'node:util';

/** A setting as it stands in a file `.env`. */
export interface EnvSetting {
  readonly name: string;
  readonly value: string;
  /** The number of the line that it begins in; the first is 1. */
  readonly line: number;
}

export interface EnvLines {
  readonly settings: readonly EnvSetting[];
  /** What would be lost, by number of line. No text of the file but names of settings: all else may be a password. */
  readonly mistakes: readonly string[];
}

const BEGINNING = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*/;
const BLANK_OR_COMMENT = /^[ \t]*(#[^\r]*)?$/;
const REST_OF_QUOTED = /^[ \t]*($|[ \t]#)/;
const COMMENT_WITHOUT_BLANK = /^[^#]*?(?<![ \t])#/;
/** What an editor shows as a blank or not at all, and no reader of such files takes for a blank. */
const UNSEEN = /[^\S \t]|\p{Cf}/u;

/**
 * Finds the settings in the text of a `.env`, and whatever Node.js's parser would drop, cut off or take for a part of
 * another setting. That parser (`util.parseEnv`) reads each value, but of one setting at a time: of a whole file it takes
 * `NAME=` with blanks behind it, or an open quote, together with the lines that follow.
 * @param isOurs whether a name is one of a setting of this service: only these may be named, and only their values matter
 */
export function readEnvLines(text: string, isOurs: (name: string) => boolean): EnvLines {
  const settings: EnvSetting[] = [];
  const mistakes: string[] = [];
  const lines = text.split(/\r?\n|\r$/);
  for (let at = 0; at < lines.length; at += 1) {
    const content = lines[at]!;
    if (BLANK_OR_COMMENT.test(content)) continue;
    const [beginning, name] = BEGINNING.exec(content) ?? [];
    const place = `.env line ${at + 1}`;
    if (beginning === undefined || name === undefined || content.includes('\r')) {
      mistakes.push(`${place}${ourName(content, isOurs)} ${notASetting(content)}`);
      continue;
    }
    const named = isOurs(name) ? `${place} (${name})` : place;
    const written = content.slice(beginning.length);
    const quoted = /^['"`]/.test(written) ? readQuoted(lines, at, written, isOurs) : undefined;
    const mistake = quoted === undefined ? unquotedMistake(content.slice(content.indexOf('='))) : quoted.mistake;
    // How another service reads the end of its own line is nothing to us.
    if (mistake !== undefined && (isOurs(name) || quoted?.staysInLine === false)) mistakes.push(`${named} ${mistake}`);
    const value = quoted?.text ?? written;
    settings.push({ name, value: parseEnv(`NAME=${value}`)['NAME'] ?? '', line: at + 1 });
    at = quoted?.lastLine ?? at;
  }
  return { settings, mistakes: [...mistakes, ...givenTwice(settings, isOurs)] };
}

interface Quoted {
  readonly text: string;
  readonly lastLine: number;
  readonly staysInLine: boolean;
  readonly mistake?: string;
}

/** The next quote of the same kind closes, also when it stands in a later line; nothing escapes it. */
function readQuoted(lines: readonly string[], at: number, written: string, isOurs: (name: string) => boolean): Quoted {
  const quote = written[0]!;
  const open = { text: written, lastLine: at, staysInLine: false };
  const inLine = written.indexOf(quote, 1);
  if (inLine !== -1) {
    const quoted = { text: written.slice(0, inLine + 1), lastLine: at, staysInLine: true };
    if (REST_OF_QUOTED.test(written.slice(inLine + 1))) return quoted;
    return { ...quoted, mistake: `has more behind its closing quote. ${OTHER_QUOTES}` };
  }
  const last = lines.findIndex((line, index) => index > at && line.includes(quote));
  if (last === -1) return { ...open, mistake: 'has a quote that nothing closes.' };
  const closing = lines[last]!.indexOf(quote);
  const swallowed = lines.slice(at + 1, last + 1).some((line) => isOurs(BEGINNING.exec(line)?.[1] ?? ''));
  if (swallowed || !REST_OF_QUOTED.test(lines[last]!.slice(closing + 1))) {
    return { ...open, mistake: `has a quote that line ${last + 1} closes: it looks as if its own one is missing.` };
  }
  const text = [written, ...lines.slice(at + 1, last), lines[last]!.slice(0, closing + 1)].join('\n');
  return { text, lastLine: last, staysInLine: false };
}

const OTHER_QUOTES = 'A value with one kind of quotes in it stands in another kind: \' or " or `.';

/** Readers of such files do not agree on these: a part of the value would be lost in one of them. */
function unquotedMistake(fromEqualsSign: string): string | undefined {
  if (COMMENT_WITHOUT_BLANK.test(fromEqualsSign)) {
    return 'has a # without a blank before it: put the value in single quotes, or a blank before the comment.';
  }
  if (!/\\[ \t]*$/.test(fromEqualsSign)) return undefined;
  return 'ends with a backslash, and no value goes on in the next line: put it in single quotes if it belongs to the value.';
}

function ourName(content: string, isOurs: (name: string) => boolean): string {
  const name = content.match(/[A-Za-z0-9_]+/g)?.find((word) => isOurs(word));
  return name === undefined ? '' : ` (${name})`;
}

function notASetting(content: string): string {
  if (content.includes('\r')) return 'has a carriage return (CR) in it: end lines with LF, or CR LF.';
  const why = UNSEEN.test(content) ? ': it has a character that looks like a blank or like nothing, and is none' : '';
  return `is not NAME=value${why}. A comment begins with #.`;
}

/** Every reader takes the last one, and whoever edits the first one wonders: refused, as a key that stands twice in a body. */
function givenTwice(settings: readonly EnvSetting[], isOurs: (name: string) => boolean): string[] {
  const linesOf = new Map<string, number[]>();
  for (const { name, line } of settings) if (isOurs(name)) linesOf.set(name, [...(linesOf.get(name) ?? []), line]);
  return [...linesOf]
    .filter(([, lines]) => lines.length > 1)
    .map(([name, lines]) => `${name} stands in .env more than once: in lines ${lines.join(', ')}. Leave one.`);
}
