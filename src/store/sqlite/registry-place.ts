import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreOpenError } from '../store-open-error';
import { isMountedAlone } from './mounts';
import { fileBehind, lockOf, LOG_FILES } from './registry-files';
import { takeRights } from './registry-owner';
import { errorCode } from './sqlite-errors';

const MKDIR_FAILURES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'its file system takes no folders'],
  ['ENOTDIR', 'a part of the path is a file'],
  ['EEXIST', 'a part of the path is a file'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the disk is full'],
]);

/**
 * Makes the folder of a registry where it is missing, and looks whether this process may use what is there.
 * @throws StoreOpenError when it may not, or when the path is no place for a file
 */
export function requirePlace(path: string): void {
  requireFolder(path);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new StoreOpenError(`The registry file "${path}" is a folder.`);
  }
  const missing = missingRights(path);
  if (missing !== undefined) throw new StoreOpenError(`The registry file "${path}" ${missing}.`);
}

/**
 * What keeps this process from using a registry and the files beside it, as the end of a sentence about the registry;
 * undefined when nothing does. SQLite itself opens what it may not write without a word, only to read.
 */
export function missingRights(path: string): string | undefined {
  const file = fileBehind(path);
  for (const each of [dirname(file), file, ...LOG_FILES.map((end) => file + end), lockOf(file)]) {
    const code = refusalOf(each);
    if (code !== undefined) return (REFUSALS.get(code) ?? noRight)(each);
  }
  return undefined;
}

/** @throws StoreOpenError when nothing can be put in the place of the registry, for it is a mount */
export function requireReplaceable(path: string): void {
  if (!isMountedAlone(path)) return;
  throw new StoreOpenError(
    `The registry file "${path}" is a volume of its own, which cannot be replaced: mount its folder instead, and restore ` +
      'it there. Nothing was changed.',
  );
}

/** Makes what is missing of the folder of a registry. @throws StoreOpenError when that cannot be */
export function requireFolder(path: string): void {
  const folder = dirname(path);
  try {
    makeFolder(folder);
  } catch (error) {
    const code = errorCode(error) ?? 'see the cause';
    const why = MKDIR_FAILURES.get(code) ?? code;
    throw new StoreOpenError(`The folder "${folder}" of the registry file cannot be made: ${why}.`, { cause: error });
  }
}

/** One folder after another: Node's own `recursive` never returns where a file system refuses with ENOENT (/proc). */
function makeFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
    takeRights(folder);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !statSync(folder).isDirectory()) throw error; // another process was faster
  }
}

function refusalOf(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' ? undefined : code;
  }
}

const REFUSALS = new Map<string, (path: string) => string>([
  ['EROFS', () => 'is on a file system that is mounted read-only'],
  ['EPERM', (path) => `cannot be written: nobody may change "${path}" (chattr -i, where lsattr shows it as immutable)`],
]);

function noRight(path: string): string {
  const user = `may not be used by the user of this process (uid ${process.getuid?.()}, gid ${process.getgid?.()})`;
  return `${user}: "${path}" ${ownerOf(path)}. Run this as the user of the service, or give that user the file (chown)`;
}

function ownerOf(path: string): string {
  try {
    const { uid, gid, mode } = statSync(path);
    return `belongs to uid ${uid}, gid ${gid}, with mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`;
  } catch {
    return 'is in a folder that it may not enter';
  }
}
