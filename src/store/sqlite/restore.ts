import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StoreOpenError } from '../store-open-error';
import { copySound, syncFile } from './back-up';
import { type Inspection, inspectRegistry } from './inspect-registry';
import { requireOurs } from './migrate';
import { openError } from './open-error';
import { isBusy, isDamaged } from './sqlite-errors';

/** The registry's file is the last one. */
const FILES = ['-wal', '-shm', ''] as const;

/** What was restored, and where that is which was there before. */
export interface Restored {
  readonly inspection: Inspection;
  readonly replaced: string | undefined;
}

/**
 * Puts a backup in the place of the registry. What was there is kept beside it under another name.
 *
 * @throws StoreOpenError when the backup is not ours, damaged, or of a newer version; when a service has the registry open
 */
export function restore(path: string, backup: string, now: Date): Restored {
  requireBackup(path, backup);
  const inspection = inspectRegistry(backup)!;
  if (inspection.newerMigrations > 0) {
    throw new StoreOpenError(
      `The backup "${backup}" was written by a newer version of this service: restore it with that.`,
    );
  }
  if (inspection.damage.length > 0) {
    throw new StoreOpenError(
      `The backup "${backup}" is damaged (${inspection.damage.join('; ')}). Nothing was changed.`,
    );
  }
  mkdirSync(dirname(path), { recursive: true }); // of a host that is new
  const part = `${path}.restoring`;
  const release = existsSync(path) ? lock(path) : undefined;
  try {
    copySound(backup, part, `The backup "${backup}"`);
    takeOver(part, existsSync(path) ? path : dirname(path));
    const isThere = FILES.some((end) => existsSync(path + end)); // SQLite would play a log that was left into the backup
    const replaced = isThere ? `${path}.replaced-${now.toISOString().replaceAll(/[:.]/g, '')}` : undefined;
    if (replaced !== undefined) moveAway(path, replaced);
    renameSync(part, path);
    syncFile(dirname(path));
    return { inspection, replaced };
  } finally {
    release?.();
    rmSync(part, { force: true });
  }
}

/** What nobody means. SQLite would take it for an empty database, or say something else. */
function requireBackup(path: string, backup: string): void {
  const found = statSync(backup, { throwIfNoEntry: false });
  if (found === undefined) throw new StoreOpenError(`There is no file "${backup}".`);
  if (!found.isFile() || found.size === 0)
    throw new StoreOpenError(`"${backup}" is not a backup: it is no file, or empty.`);
  if (found.ino === statSync(path, { throwIfNoEntry: false })?.ino)
    throw new StoreOpenError(`"${backup}" is the registry itself.`);
}

/**
 * Keeps everybody from opening the registry. Its write-ahead log has been moved into the file then: that is only allowed
 * to who has it alone.
 */
function lock(path: string): (() => void) | undefined {
  const client = new Database(path, { timeout: 0 });
  try {
    requireOurs(client);
    client.pragma('journal_mode = DELETE');
    client.exec('BEGIN EXCLUSIVE');
    return () => client.close();
  } catch (error) {
    client.close();
    if (isBusy(error)) {
      throw new StoreOpenError(`A service has the registry file "${path}" open: stop it first. Nothing was changed.`);
    }
    if (isDamaged(error)) return undefined; // it is what a restore is for
    throw openError(path, error);
  }
}

/** With the rights of what it replaces: whoever restores is not whom the service runs as. */
function takeOver(file: string, like: string): void {
  const { mode, uid, gid } = statSync(like);
  if (statSync(like).isFile()) chmodSync(file, mode);
  if (process.getuid?.() === 0) chownSync(file, uid, gid);
}

/** The log first: without its file it is nothing to whoever comes next, the file without its log is another registry. */
function moveAway(path: string, to: string): void {
  for (const end of FILES) if (existsSync(path + end)) renameSync(path + end, to + end);
}
