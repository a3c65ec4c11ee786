import { RegisteredFlavorsError } from '../../errors';

/** What a failure of SQLite means for the operator. */
interface Trouble {
  /** The end of the sentence "The registry ...". */
  readonly words: string;
  readonly retryAfterSeconds: number;
}

/** When it passes by itself. */
export const SOON_SECONDS = 2;
/** When somebody has to do something first. */
export const LATER_SECONDS = 60;

const BUSY = ['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_PROTOCOL'];

/** By primary result code; SQLite's extended codes begin with it (`SQLITE_IOERR_WRITE`). */
const TROUBLES: ReadonlyMap<string, Trouble> = new Map([
  ...BUSY.map((code): [string, Trouble] => [
    code,
    { words: 'is locked by another process', retryAfterSeconds: SOON_SECONDS },
  ]),
  ['SQLITE_FULL', { words: 'is on a disk that is full', retryAfterSeconds: LATER_SECONDS }],
  [
    'SQLITE_READONLY',
    { words: 'cannot be written: its file or file system is read-only', retryAfterSeconds: LATER_SECONDS },
  ],
  ['SQLITE_CORRUPT', { words: 'is damaged and has to be restored from a backup', retryAfterSeconds: LATER_SECONDS }],
  ['SQLITE_NOTADB', { words: 'is not an SQLite database', retryAfterSeconds: LATER_SECONDS }],
  ['SQLITE_IOERR', { words: 'cannot be read or written: the disk reports an error', retryAfterSeconds: LATER_SECONDS }],
  [
    'SQLITE_CANTOPEN',
    { words: 'cannot be opened or created: its path or permissions do not allow it', retryAfterSeconds: LATER_SECONDS },
  ],
  ['SQLITE_PERM', { words: 'cannot be opened: its permissions do not allow it', retryAfterSeconds: LATER_SECONDS }],
]);

/** The result code of the SQLite failure in or behind an error; undefined when it is something else. */
export function sqliteCode(error: unknown): string | undefined {
  // By code and never by instanceof: drizzle wraps some errors, and each realm has classes of its own.
  for (let current = error; typeof current === 'object' && current !== null; current = causeOf(current)) {
    const code = errorCode(current);
    if (code?.startsWith('SQLITE_')) return code;
  }
  return undefined;
}

/** The `code` that SQLite, the file system and Node put on their errors. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether another connection is in the way, so that waiting helps. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && BUSY.includes(primaryCode(code));
}

/** Whether the file is broken, or no database at all. */
export function isDamaged(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(error) ?? '');
}

/** What a failure of the disk, the file or its locks means; undefined for our own defects and other errors. */
export function troubleBehind(error: unknown): Trouble | undefined {
  const code = sqliteCode(error);
  return code === undefined ? undefined : TROUBLES.get(primaryCode(code));
}

/** The error the port promises: `unavailable` when the registry is at fault; otherwise the error itself, a defect. */
export function toUnavailable(error: unknown): unknown {
  const trouble = troubleBehind(error);
  return trouble === undefined
    ? error
    : registryUnavailable(`The registry ${trouble.words}.`, trouble.retryAfterSeconds, error);
}

/** `unavailable`, with this sentence. */
export function registryUnavailable(
  detail: string,
  retryAfterSeconds: number,
  cause?: unknown,
): RegisteredFlavorsError {
  return new RegisteredFlavorsError(
    'unavailable',
    { code: 'registered-flavors.registry.unavailable', detail },
    { cause, retryAfterSeconds },
  );
}

function causeOf(error: object): unknown {
  return 'cause' in error ? error.cause : undefined;
}

function primaryCode(code: string): string {
  return code.split('_').slice(0, 2).join('_');
}
