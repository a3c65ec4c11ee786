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
export function readEnvLines(text: string, isOurs: IsOurs): EnvLines {
  const settings: EnvSetting[] = [];
  const mistakes: string[] = [];
  const lines = text.split(/\r?\n|\r$/);
  for (let at = 0; at < lines.length; at += 1) {
    const content = lines[at]!;
    if (BLANK_OR_COMMENT.test(content)) continue;
    const [beginning, name] = content.includes('\r') ? [] : (BEGINNING.exec(content) ?? []);
    if (beginning === undefined || name === undefined) {
      mistakes.push(`.env line ${at + 1}${ourName(content, isOurs)} ${notASetting(content)}`);
      continue;
    }
    const { text: written, lastLine, mistake } = readValue(lines, at, content.slice(beginning.length), isOurs);
    // How other services read what stands in a line of their own is nothing to this one.
    if (mistake !== undefined && (isOurs(name) || mistake.reachesOtherLines)) {
      mistakes.push(`.env line ${at + 1}${ourName(name, isOurs)} ${mistake.says}`);
    }
    settings.push({ name, value: parseEnv(`NAME=${written}`)['NAME'] ?? '', line: at + 1 });
    at = lastLine;
  }
  return { settings, mistakes: [...mistakes, ...givenTwice(settings, isOurs)] };
}

interface Written {
  readonly text: string;
  readonly lastLine: number;
  readonly mistake?: { readonly says: string; readonly reachesOtherLines: boolean };
}

type IsOurs = (name: string) => boolean;

function readValue(lines: readonly string[], at: number, written: string, isOurs: IsOurs): Written {
  const whole = { text: written, lastLine: at };
  if (!/^['"`]/.test(written)) {
    const says = unquotedMistake(lines[at]!.slice(lines[at]!.indexOf('=')));
    return says === undefined ? whole : { ...whole, mistake: { says, reachesOtherLines: false } };
  }
  const closing = written.indexOf(written[0]!, 1);
  if (closing === -1) return readOverLines(lines, at, written, isOurs);
  const quoted = { text: written.slice(0, closing + 1), lastLine: at };
  if (REST_OF_QUOTED.test(written.slice(closing + 1))) return quoted;
  const says =
    'has more behind its closing quote. ' +
    'A value with one kind of quotes in it stands in another kind: \' or " or `.';
  return { ...quoted, mistake: { says, reachesOtherLines: false } };
}

/** The next quote of the same kind closes, also when it stands in a later line; nothing escapes it. */
function readOverLines(lines: readonly string[], at: number, written: string, isOurs: IsOurs): Written {
  const quote = written[0]!;
  const wrong = (says: string): Written => ({
    ...{ text: written, lastLine: at, mistake: { says, reachesOtherLines: true } },
  });
  const lastLine = lines.findIndex((line, index) => index > at && line.includes(quote));
  if (lastLine === -1) return wrong('has a quote that nothing closes.');
  const [before = '', ...behind] = lines[lastLine]!.split(quote);
  const swallowed = lines.slice(at + 1, lastLine + 1).some((line) => isOurs(BEGINNING.exec(line)?.[1] ?? ''));
  if (swallowed || !REST_OF_QUOTED.test(behind.join(quote))) {
    return wrong(`has a quote that line ${lastLine + 1} closes: it looks as if its own one is missing.`);
  }
  return { text: [written, ...lines.slice(at + 1, lastLine), before + quote].join('\n'), lastLine };
}

/** Readers of such files do not agree on these: a part of the value would be lost in one of them. */
function unquotedMistake(fromEqualsSign: string): string | undefined {
  if (COMMENT_WITHOUT_BLANK.test(fromEqualsSign)) {
    return 'has a # without a blank before it: put the value in single quotes, or a blank before the comment.';
  }
  if (!/\\[ \t]*$/.test(fromEqualsSign)) return undefined;
  return 'ends with a backslash, and no value goes on in the next line: put it in single quotes if it belongs to the value.';
}

function ourName(content: string, isOurs: IsOurs): string {
  const name = content.match(/[A-Za-z0-9_]+/g)?.find((word) => isOurs(word));
  return name === undefined ? '' : ` (${name})`;
}

function notASetting(content: string): string {
  if (content.includes('\r')) return 'has a carriage return (CR) in it: end lines with LF, or CR LF.';
  const why = UNSEEN.test(content) ? ': it has a character that looks like a blank or like nothing, and is none' : '';
  return `is not NAME=value${why}. A comment begins with #.`;
}

/** Every reader takes the last one, and whoever edits the first one wonders: refused, as a key that stands twice in a body. */
function givenTwice(settings: readonly EnvSetting[], isOurs: IsOurs): string[] {
  const linesOf = new Map<string, number[]>();
  for (const { name, line } of settings) if (isOurs(name)) linesOf.set(name, [...(linesOf.get(name) ?? []), line]);
  return [...linesOf]
    .filter(([, lines]) => lines.length > 1)
    .map(([name, lines]) => `${name} stands in .env more than once: in lines ${lines.join(', ')}. Leave one.`);
}
