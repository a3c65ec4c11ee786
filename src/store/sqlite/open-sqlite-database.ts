import { closeSync, existsSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { StoreOpenError } from '../store-open-error';
import { claimLog, releaseLog, requireOwnLog, reuniteLog, setAsideForeignLog, whileAlone } from './log-owner';
import { knownMigrations, migrate, MIGRATIONS_FOLDER, requireOurs } from './migrate';
import { SqliteDatabase } from './sqlite-database';
import { isMountedAlone, networkFileSystemOf } from './mounts';
import { openError } from './open-error';
import { fileBehind } from './registry-files';
import { takeRights } from './registry-owner';
import { requirePlace } from './registry-place';
import { requireSound } from './require-sound';
import { errorCode, isBusy } from './sqlite-errors';

const PAUSE_MS = 25;
/** How long a stop waits for others that start or stop. */
const CLOSE_WAIT_MS = 5000;

const ON_A_NETWORK =
  'the registry is on a file system that other machines may use: two that have it open damage it. Put it on a local disk';
const ONLY_FILE_MOUNTED =
  'only the file of the registry is a volume, and its write-ahead log is not: what was written last is lost when the ' +
  'container is killed and made anew, and a second process there damages the file. Mount its folder instead';

type Tell = (message: string, fields: Record<string, unknown>) => unknown;

export interface StoreLogger {
  readonly info: Tell;
  readonly warn: Tell;
}

export interface SqliteOptions {
  /** Told about migrations, and about a file that was replaced. */
  readonly logger?: StoreLogger | undefined;
  /** How long a write waits for another process's write, in milliseconds; 1000 unless given. */
  readonly busyTimeoutMs?: number;
  /** How long a start waits for other processes that migrate or write, in milliseconds; 30,000 unless given. */
  readonly startTimeoutMs?: number;
  readonly migrationsFolder?: string;
}

/**
 * Opens the file at an absolute path, made and brought up to date where needed. A log that belongs to another file is set
 * aside, and a file that is not sound is not opened.
 * @throws StoreOpenError with one sentence that says why not
 */
export async function openSqliteDatabase(path: string, options: SqliteOptions = {}): Promise<SqliteDatabase> {
  const { busyTimeoutMs = 1000, startTimeoutMs = 30_000, migrationsFolder = MIGRATIONS_FOLDER, logger } = options;
  let client: Database.Database | undefined;
  let file = path;
  try {
    requirePlace(path);
    file = fileBehind(path);
    const isNew = !existsSync(file);
    warnOfPlace(file, logger);
    const opened = (client = await untilNotBusy(startTimeoutMs, () =>
      whileAlone(file, () => open(path, file, logger)),
    ));
    const applied = await untilNotBusy(startTimeoutMs, () => makeReady(opened, migrationsFolder));
    await untilNotBusy(startTimeoutMs, () => whileAlone(file, () => claim(file, logger)));
    // A mistyped DATABASE_URL must not look like a registry that has lost everything.
    const done = isNew ? 'a new, empty registry was made' : 'registry migrated';
    if (applied > 0) logger?.info(done, { path, migrations: applied });
    const migrations = knownMigrations(migrationsFolder);
    return new SqliteDatabase(opened, { busyTimeoutMs, migrations, close: () => close(opened, file, logger) });
  } catch (error) {
    if (client !== undefined) close(client, file, logger);
    throw openError(path, error);
  }
}

/** Everything up to a connection that holds the log open: from then on nobody takes the log for nobody's. */
function open(path: string, file: string, logger: StoreLogger | undefined): Database.Database {
  tellSetAside(setAsideForeignLog(file), file, logger);
  reuniteLog(file);
  if (existsSync(file)) {
    requireSound(file);
    claimLog(file);
  } else makeFile(file);
  // Short waits in a loop instead of one long: SQLite does not wait at all when several connections switch to WAL, and in
  // between the process can still be stopped.
  const client = new Database(path, { timeout: 100 });
  try {
    requireOurs(client);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Empty, which is a new database to SQLite: root makes it for the service's user, before there is a log. */
function makeFile(file: string): void {
  closeSync(openSync(file, 'wx'));
  takeRights(file);
}

/** Again, for a file that is new; and for one that was replaced meanwhile. */
function claim(file: string, logger: StoreLogger | undefined): void {
  requireOwnLog(file);
  if (!claimLog(file))
    logger?.warn('the registry has no hard link: should it be replaced while in use, its log is not noticed', {
      path: file,
    });
}

/**
 * SQLite leaves the log behind when the file was replaced. It must not wait there for the next start, which may be that of
 * an earlier version. A file that was only moved away may still come back to its log.
 */
function close(client: Database.Database, file: string, logger: StoreLogger | undefined): void {
  client.close();
  try {
    whileAlone(
      file,
      () => {
        if (existsSync(file)) tellSetAside(setAsideForeignLog(file), file, logger);
        releaseLog(file);
      },
      CLOSE_WAIT_MS,
    );
  } catch (error) {
    logger?.warn('the registry is closed, and its log was not looked at', { path: file, code: errorCode(error) });
  }
}

function tellSetAside(kept: string | undefined, path: string, logger: StoreLogger | undefined): void {
  if (kept === undefined) return;
  logger?.warn('the registry file was replaced while it was in use: the one before is kept with its log', {
    ...{ path, kept },
  });
}

/** Everything from a bare connection to an up-to-date registry. Can be repeated when it fails halfway. */
function makeReady(client: Database.Database, migrationsFolder: string): number {
  if (client.pragma('journal_mode = WAL', { simple: true }) !== 'wal') {
    throw new StoreOpenError(
      `The registry file "${client.name}" is on a file system that SQLite's write-ahead log cannot use: use a local disk.`,
    );
  }
  client.pragma('synchronous = FULL'); // as for every write: see WriteConnection
  return migrate(client, migrationsFolder);
}

async function untilNotBusy<T>(timeoutMs: number, step: () => T): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return step();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

function warnOfPlace(file: string, logger: StoreLogger | undefined): void {
  if (isMountedAlone(file)) logger?.warn(ONLY_FILE_MOUNTED, { path: file });
  const type = networkFileSystemOf(file);
  if (type !== undefined) logger?.warn(ON_A_NETWORK, { path: file, type });
}
