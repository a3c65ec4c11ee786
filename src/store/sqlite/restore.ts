import { existsSync, linkSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StoreOpenError } from '../store-open-error';
import { copySound } from './back-up';
import { type Inspection, inspectRegistry } from './inspect-registry';
import { releaseLog, setAsideForeignLog, whileAlone } from './log-owner';
import { requireOurs } from './migrate';
import { openError } from './open-error';
import { fileBehind, isSameFile, LOG_FILES, moveLog, replacedName, syncFile } from './registry-files';
import { takeRights } from './registry-owner';
import { requirePlace, requireReplaceable } from './registry-place';
import { isBusy, isDamaged } from './sqlite-errors';

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
  requireReplaceable(path);
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
  const file = fileBehind(path); // a link stays: it says on which volume the registry is
  requirePlace(file); // it may be that of a host that is new
  try {
    const replaced = whileAlone(file, () => putInPlace(file, backup, now));
    return { inspection, replaced };
  } catch (error) {
    throw isBusy(error) ? inUse(path) : openError(path, error);
  }
}

/** @returns the name of what was there before */
function putInPlace(file: string, backup: string, now: Date): string | undefined {
  setAsideForeignLog(file);
  const part = `${file}.restoring`;
  const release = existsSync(file) ? lock(file) : undefined;
  try {
    copySound(backup, part, `The backup "${backup}"`);
    takeRights(part, file);
    const isThere = ['', ...LOG_FILES].some((end) => existsSync(file + end)); // also a log that was left alone
    const replaced = isThere ? replacedName(file, now) : undefined;
    if (replaced !== undefined) keepAs(file, replaced);
    renameSync(part, file);
    syncFile(dirname(file));
    return replaced;
  } finally {
    release?.();
    rmSync(part, { force: true });
    releaseLog(file);
  }
}

/** What nobody means. SQLite would take it for an empty database, or say something else. */
function requireBackup(path: string, backup: string): void {
  const found = statSync(backup, { throwIfNoEntry: false });
  if (found === undefined) throw new StoreOpenError(`There is no file "${backup}".`);
  if (!found.isFile() || found.size === 0)
    throw new StoreOpenError(`"${backup}" is not a backup: it is no file, or empty.`);
  if (isSameFile(backup, path)) throw new StoreOpenError(`"${backup}" is the registry itself.`);
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
    if (isBusy(error)) throw inUse(path);
    if (isDamaged(error)) return undefined; // it is what a restore is for
    throw openError(path, error);
  }
}

function inUse(path: string): StoreOpenError {
  return new StoreOpenError(`A service has the registry file "${path}" open: stop it first. Nothing was changed.`);
}

/**
 * A second name first, so that there is a registry at every moment, and a start finds its log again; a few file systems
 * have none.
 */
function keepAs(file: string, kept: string): void {
  const isThere = existsSync(file);
  const isKept = isThere && hasLink(file, kept);
  moveLog(file, kept);
  if (isThere && !isKept) renameSync(file, kept);
}

function hasLink(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch {
    return false;
  }
}
