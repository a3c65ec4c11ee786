import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LineCounter, parseDocument, type Scalar, visit, type YAMLError } from 'yaml';
import { ConfigError } from './config-error';
import { type Environment, isMapping, type Mapping } from './mapping';

const SUFFIXES = ['.yaml', '.yml', '.json'];

/** What is wrong with a file, by the parser's code. The parser's own texts would quote the file, and so a password. */
const YAML_MISTAKES: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'a tab is used to indent: YAML wants blanks',
  DUPLICATE_KEY: 'a key stands there twice',
  BAD_INDENT: 'the indentation does not fit, or a bracket is not closed',
  MISSING_CHAR: 'a quote, a bracket, a comma or a colon is missing',
  UNEXPECTED_TOKEN: 'something stands where it does not belong',
  MULTIPLE_DOCS: 'a second document begins',
  BAD_ALIAS: 'an alias has no name',
};

/**
 * The first file of the name that the folders have, in openstacksdk's order: the working folder, the user's, the system's.
 * @param stem without its suffix, such as `clouds`
 */
export function findCloudFile(stem: string, environment: Environment): string | undefined {
  const home = homeFolder();
  const ofUser = [environment['XDG_CONFIG_HOME'], home && path.join(home, '.config')];
  const bases = [...ofUser.filter((base) => base !== undefined), ...systemFolders(environment), '/etc'];
  const folders = ['.', ...bases.map((base) => path.join(base, 'openstack'))];
  const files = folders.flatMap((folder) => SUFFIXES.map((suffix) => path.join(folder, `${stem}${suffix}`)));
  return files.find((file) => existsSync(file));
}

/** A container's user may have neither a HOME nor an entry in /etc/passwd: then nothing is looked for there. */
export function homeFolder(): string | undefined {
  try {
    return os.homedir();
  } catch {
    return undefined;
  }
}

function systemFolders({ XDG_CONFIG_DIRS: value }: Environment): string[] {
  return (value ?? '/etc/xdg').split(path.delimiter).filter((folder) => folder !== '');
}

/**
 * Reads the named mapping out of a file of clouds. Every scalar is the text that stands there: YAML would make 83 of 0123
 * and round long numbers.
 * @returns an empty mapping for an empty file
 * @throws ConfigError which says where the file is wrong, and nothing of what it holds
 */
export function readCloudFile(file: string, key: string): Mapping {
  const text = readText(file);
  const content = file.endsWith('.json') ? parseJson(file, text) : parseYaml(file, text);
  if (content === undefined) return {};
  const found = isMapping(content) ? content[key] : undefined;
  if (!isMapping(found)) throw new ConfigError([`${file} has no mapping "${key}".`]);
  return found;
}

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hint = code === 'EACCES' ? ': the user of this process may not read it' : '';
    throw new ConfigError([`${file} cannot be read (${code})${hint}.`]);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // without the byte order mark
  } catch {
    throw new ConfigError([`${file} cannot be read: it is not in UTF-8.`]);
  }
}

function parseYaml(file: string, text: string): unknown {
  const lines = new LineCounter();
  // The parser's warnings would quote the line, and so a password: errors only.
  const options = { schema: 'failsafe', merge: true, logLevel: 'error', prettyErrors: false } as const;
  const document = parseDocument(text, { ...options, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const what = YAML_MISTAKES[error.code] ?? `it is no well-formed YAML (${error.code})`;
    throw new ConfigError([`${file} cannot be read: ${what} (line ${lines.linePos(error.pos[0]).line}).`]);
  }
  const [warning] = document.warnings;
  if (warning !== undefined) {
    const { line } = lines.linePos(warning.pos[0]);
    throw new ConfigError([
      `${file} cannot be read: a tag that is not known here, as !vault, stands there (line ${line}).`,
    ]);
  }
  visit(document, { Scalar: (_, scalar) => void unset(scalar) });
  try {
    const content: unknown = document.toJS();
    return content === null || content === '' ? undefined : content;
  } catch {
    throw new ConfigError([`${file} cannot be read: an alias has no anchor, or too many stand there.`]);
  }
}

/** What YAML calls null, where it stands without quotes. */
const NULLS: readonly unknown[] = ['~', 'null', 'Null', 'NULL'];

function unset(scalar: Scalar): void {
  if (scalar.type === 'PLAIN' && scalar.tag === undefined && NULLS.includes(scalar.value)) scalar.value = '';
}

function parseJson(file: string, text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text, (_, value: unknown) => asText(value));
  } catch {
    throw new ConfigError([`${file} cannot be read: it is no well-formed JSON.`]);
  }
}

/** Numbers and truth values as they stand in YAML. */
function asText(value: unknown): unknown {
  if (value === null) return '';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
