import { closeSync, existsSync, linkSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { StoreOpenError } from '../store-open-error';
import { hasLog, isSameFile, lockOf, moveLog, replacedName, syncFile } from './registry-files';
import { takeRights } from './registry-owner';
import { errorCode } from './sqlite-errors';

// SQLite plays a write-ahead log into whatever database has the name beside it. When somebody puts a backup in the place
// of the registry of a service that runs or was killed, the log destroys it. So the file that the log belongs to has a
// second name for as long as there is a log: a hard link, "registry.db-base-" and its inode. A registry that is another
// file shows by that, and the file before it is not lost with its log.

const BASE = '-base-';
const COMPARED_BYTES = 1024 * 1024;

/**
 * Whether the write-ahead log beside a registry belongs to it; true when there is none.
 *
 * A log without a base is of an earlier version, or of a file system without hard links: it is trusted, as SQLite does.
 */
export function ownsLog(file: string): boolean {
  const base = findBase(file);
  if (!hasLog(file) || base === undefined || isSameFile(file, base)) return true;
  return isCopied(base) && existsSync(file) && hasSameBytes(file, base);
}

/** @throws StoreOpenError when the log beside the registry belongs to another file: reading would mix the two */
export function requireOwnLog(file: string): void {
  if (ownsLog(file)) return;
  throw new StoreOpenError(
    `The registry file "${file}" was replaced without its write-ahead log, which belongs to the file before: ` +
      'stop the service and start it again. It puts the log aside, together with that file.',
  );
}

/**
 * Gives a log that belongs to another file, and that file, a name of their own, with nothing lost. A process that has them
 * open keeps them. Can be repeated when it ended halfway.
 * @returns that name; undefined when the log is the registry's own
 */
export function setAsideForeignLog(file: string, now = new Date()): string | undefined {
  const base = findBase(file);
  if (base === undefined || ownsLog(file)) return undefined;
  const begun = linksOf(base).find((name) => name.startsWith(`${file}.replaced-`));
  const kept = begun ?? replacedName(file, now);
  if (begun === undefined) linkSync(base, kept);
  moveLog(file, kept);
  rmSync(base);
  syncFile(dirname(file));
  return kept;
}

/** Gives a registry that was set aside, and whose file is back in its place, its log again. */
export function reuniteLog(file: string): void {
  if (hasLog(file) || !existsSync(file)) return;
  const kept = linksOf(file).find((name) => name.startsWith(`${file}.replaced-`) && hasLog(name));
  if (kept === undefined) return;
  moveLog(kept, file);
  rmSync(kept);
}

/**
 * Notes that the log beside the registry, present or to come, belongs to it.
 * @returns whether that was possible: a few file systems have no hard links
 */
export function claimLog(file: string): boolean {
  const base = findBase(file);
  if (base !== undefined && isSameFile(file, base)) return true;
  try {
    if (base !== undefined) rmSync(base);
    linkSync(file, `${file}${BASE}${inodeOf(file)}`);
    return true;
  } catch {
    return false; // whatever the reason is: SQLite needs none of this
  }
}

/** Ends {@link claimLog} once the last process that had the registry open has done with its log. */
export function releaseLog(file: string): void {
  if (hasLog(file)) return;
  const base = findBase(file);
  if (base !== undefined) rmSync(base);
  rmSync(lockOf(file), { force: true });
}

/**
 * Does something while no other process does so with the same registry. The lock ends with the process, however that ends.
 * @throws SqliteError with SQLITE_BUSY when another process is at it for longer than the wait, which blocks this one
 */
export function whileAlone<T>(file: string, work: () => T, waitMs = 0): T {
  const path = lockOf(file);
  createLock(path, file);
  const lock = new Database(path, { timeout: waitMs });
  try {
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    // Who had it before may have taken it away, and the next one made another.
    if (!existsSync(path)) throw new Database.SqliteError('the lock is gone', 'SQLITE_BUSY');
    return work();
  } finally {
    lock.close();
  }
}

/** Root may come first, and must not keep the service's user out. */
function createLock(path: string, file: string): void {
  try {
    closeSync(openSync(path, 'wx'));
    takeRights(path, file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') return; // SQLite says better why it cannot be opened
  }
}

function findBase(file: string): string | undefined {
  const folder = dirname(file);
  const name = readdirSync(folder).find((each) => each.startsWith(basename(file) + BASE));
  return name === undefined ? undefined : join(folder, name);
}

/** Whether the folder was copied, registry and all, so that the link became a file of its own. */
function isCopied(base: string): boolean {
  return !base.endsWith(`${BASE}${inodeOf(base)}`);
}

function inodeOf(file: string): bigint {
  return statSync(file, { bigint: true }).ino;
}

/** The other names of a file in its folder. */
function linksOf(file: string): string[] {
  if (statSync(file).nlink === 1) return [];
  const folder = dirname(file);
  const names = readdirSync(folder).filter((name) => name !== basename(file));
  return names.map((name) => join(folder, name)).filter((path) => isSameFile(path, file));
}

function hasSameBytes(file: string, other: string): boolean {
  if (statSync(file).size !== statSync(other).size) return false;
  const handles = [openSync(file, 'r'), openSync(other, 'r')] as const;
  const pieces = handles.map(() => Buffer.alloc(COMPARED_BYTES)) as [Buffer, Buffer];
  try {
    for (;;) {
      const [length] = handles.map((handle, index) => readSync(handle, pieces[index]!)) as [number, number];
      if (length === 0) return true;
      if (!pieces[0].subarray(0, length).equals(pieces[1].subarray(0, length))) return false;
    }
  } finally {
    for (const handle of handles) closeSync(handle);
  }
}
