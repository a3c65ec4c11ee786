import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The suffixes of what SQLite keeps beside a database. */
export const LOG_FILES = ['-wal', '-shm'] as const;

/** Whether there is a write-ahead log beside a registry. */
export function hasLog(file: string): boolean {
  return LOG_FILES.some((end) => existsSync(file + end));
}

/** The file that is locked while a process opens or closes a registry. */
export function lockOf(file: string): string {
  return `${file}-lock`;
}

/**
 * The file that a path leads to. Symbolic links are followed, also to a file that is not there yet: SQLite names the
 * write-ahead log after the file, and not after the link.
 */
export function fileBehind(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (!isLink) return path;
  statSync(path, { throwIfNoEntry: false }); // links that lead in a circle fail here
  return fileBehind(resolve(dirname(path), readlinkSync(path)));
}

/** Device and inode, which no other file has at the same time; undefined when there is no file. */
export function identityOf(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? undefined : `${found.dev}:${found.ino}`;
}

/** The file of an open registry and its log, as they were when it was opened. */
export type RegistryFiles = readonly { readonly path: string; readonly identity: string | undefined }[];

/** Of the file at a path, which is open, so that its log is there too. */
export function registryFiles(path: string): RegistryFiles {
  return [path, `${fileBehind(path)}-wal`].map((each) => ({ path: each, identity: identityOf(each) }));
}

/** Whether they are still where they were. */
export function areInPlace(files: RegistryFiles): boolean {
  return files.every(({ path, identity }) => identityOf(path) === identity);
}

/** Whether two paths lead to one file. */
export function isSameFile(path: string, other: string): boolean {
  const identity = identityOf(path);
  return identity !== undefined && identity === identityOf(other);
}

/** The name for what leaves the place of the registry, and is kept. */
export function replacedName(file: string, now: Date): string {
  return `${file}.replaced-${now.toISOString().replaceAll(/[:.]/g, '')}`;
}

/** Renames the write-ahead log with its index. */
export function moveLog(file: string, to: string): void {
  for (const end of LOG_FILES) if (existsSync(file + end)) renameSync(file + end, to + end);
}

/** Also of a folder: a new name in it is only sure when the folder has reached the disk. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
