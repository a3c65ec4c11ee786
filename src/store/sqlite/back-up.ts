import { closeSync, existsSync, fchmodSync, fstatSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { StoreOpenError } from '../store-open-error';
import { type Inspection, inspectRegistry } from './inspect-registry';
import { requireOwnLog } from './log-owner';
import { requireOurs } from './migrate';
import { openError } from './open-error';
import { openToRead } from './open-to-read';
import { fileBehind, syncFile } from './registry-files';
import { giveTo, ownerBeside } from './registry-owner';
import { errorCode, isDamaged, troubleBehind } from './sqlite-errors';

/**
 * Copies the registry as it is at one moment, also while services write to it, and looks the copy through. Only a whole
 * and sound copy gets its name.
 *
 * @returns what the copy holds
 * @throws StoreOpenError when there is no registry, when there is something at the target, or when the copy is damaged
 */
export function backUp(path: string, target: string): Inspection {
  if (!existsSync(path)) throw new StoreOpenError(`There is no registry file "${path}".`);
  requireOwnLog(fileBehind(path));
  requireFree(target);
  requireFolder(target);
  const part = `${target}.part`;
  copySound(path, part, `The registry file "${path}"`);
  requireFree(target);
  renameSync(part, target);
  syncFile(dirname(target));
  return inspectRegistry(target)!;
}

/**
 * Copies a database, its write-ahead log included, and sees to it that the copy has reached the disk.
 * @param what it is, for whoever hears that it is damaged
 */
export function copySound(from: string, to: string, what: string): void {
  rmSync(to, { force: true }); // of a run that was broken off
  reserve(to, from);
  try {
    openToRead(from, (source) => {
      requireOurs(source);
      writeCopy(source, to);
    });
    const damage = inspectRegistry(to)!.damage;
    if (damage.length > 0) throw new StoreOpenError(`${what} is damaged (${damage.join('; ')}): nothing was copied.`);
    syncFile(to);
  } catch (error) {
    rmSync(to, { force: true });
    throw openError(from, error);
  }
}

/**
 * Makes the empty file of a copy. From its first byte on it may be read by nobody who may not read what it copies: its
 * owner and, where that is the same one, its group.
 */
function reserve(to: string, from: string): void {
  try {
    const { mode, gid } = statSync(from);
    const file = openSync(to, 'wx', (mode & 0o066) | 0o600);
    try {
      giveToUser(file, to, from);
      const made = fstatSync(file);
      if (made.gid !== gid) fchmodSync(file, made.mode & 0o606);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw copyError(to, error);
  }
}

/** In the folder of the service's user, a copy that root makes is that user's. Nobody else gets to read it so. */
function giveToUser(copy: number, to: string, from: string): void {
  if (process.getuid?.() !== 0) return;
  const folder = statSync(dirname(to));
  if (folder.uid === ownerBeside(fileBehind(from)).uid) giveTo(copy, folder);
}

/** What fails here is the copy: its disk is full, or read only. Unless it is said that what is read is damaged. */
function writeCopy(source: Database.Database, to: string): void {
  try {
    source.prepare('VACUUM INTO ?').run(to);
  } catch (error) {
    throw isDamaged(error) ? error : copyError(to, error);
  }
}

function copyError(to: string, error: unknown): StoreOpenError {
  const words = troubleBehind(error)?.words ?? `cannot be written (${errorCode(error) ?? 'see the cause'})`;
  return new StoreOpenError(`The copy "${to}" ${words}.`, { cause: error });
}

function requireFolder(target: string): void {
  if (target === '') throw new StoreOpenError('The backup needs a name.');
  if (statSync(dirname(target), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new StoreOpenError(`There is no folder "${dirname(target)}" for the backup.`);
  }
}

function requireFree(target: string): void {
  if (existsSync(target)) throw new StoreOpenError(`There is something at "${target}" already: name another file.`);
}
