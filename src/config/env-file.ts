import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error';
import { readEnvLines } from './env-lines';
import { judgeNames, OLDER_NAMES, SETTING_NAMES } from './env-names';

/** What the process was told: its own environment, and under it the file `.env` of the working folder. */
export interface ProcessEnvironment {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** What is wrong with the file: it would be lost, or taken for something else. */
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Reads the process's own environment, and `.env` of the working folder when there is one (the environment wins).
 * Nothing of the file becomes part of the process's environment: it is for this service, and Node.js would obey it, too.
 * @throws ConfigError when there is such a file, and it cannot be read as text
 */
export function readEnvironment(): ProcessEnvironment {
  const { settings, mistakes } = readEnvLines(readText(), (name) => [...SETTING_NAMES, ...OLDER_NAMES].includes(name));
  const values = { ...Object.fromEntries(settings.map(({ name, value }) => [name, value])), ...process.env };
  const names = judgeNames(settings, (name) => (values[name] ?? '') !== '');
  return { values, mistakes: [...mistakes, ...names.mistakes], warnings: names.warnings };
}

function readText(): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync('.env');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new ConfigError([`The file .env of this folder cannot be read (${code}).`]);
  }
  if (bytes.includes(0))
    throw new ConfigError(['The file .env of this folder has NUL bytes in it, as UTF-16 has: save it as UTF-8.']);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // without a byte order mark
  } catch {
    throw new ConfigError([`.env line ${lineThatIsNotUtf8(bytes)} is not UTF-8: save the file as UTF-8.`]);
  }
}

/** Bytes that belong to no character: most often a letter of Latin-1 in a password. */
function lineThatIsNotUtf8(bytes: Buffer): number {
  const known = bytes.toString('latin1').split('\n');
  return known.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1'))) + 1;
}
