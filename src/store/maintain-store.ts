import { backUp } from './sqlite/back-up';
import { requireDriver } from './sqlite/driver';
import { type Inspection, inspectMigrations, inspectRegistry, type MigrationState } from './sqlite/inspect-registry';
import { isMountedAlone, networkFileSystemOf } from './sqlite/mounts';
import { missingRights } from './sqlite/registry-place';
import { type Restored, restore } from './sqlite/restore';
import { registryPath } from './registry-path';

export type { Contents, Inspection } from './sqlite/inspect-registry';

// What an operator does with the registry as a whole, beside the service. Each throws StoreOpenError with one sentence.

/** Fails when SQLite cannot be used in this installation, whatever the registry is. */
export function requireStoreDriver(): void {
  requireDriver();
}

/** What is to be said of the place where the registry is, or will be made. */
export function inspectStorePlace(databaseUrl: string): StorePlace {
  const path = registryPath(databaseUrl);
  return {
    missingRights: missingRights(path),
    isMountedAlone: isMountedAlone(path),
    networkFileSystem: networkFileSystemOf(path),
  };
}

export interface StorePlace {
  /** The end of a sentence about the registry. */
  readonly missingRights: string | undefined;
  readonly isMountedAlone: boolean;
  /** The type of its file system, when that is one of a network. */
  readonly networkFileSystem: string | undefined;
}

/** What it holds, and whether it is sound; undefined when there is no registry. */
export function inspectStore(databaseUrl: string): Inspection | undefined {
  return inspectRegistry(usablePath(databaseUrl));
}

/** How its tables compare with those of this version; undefined when there is no registry. Fast, however large it is. */
export function inspectStoreMigrations(databaseUrl: string): MigrationState | undefined {
  return inspectMigrations(usablePath(databaseUrl));
}

/** Copies it to a file that is not there yet, also while services write. */
export function backUpStore(databaseUrl: string, target: string): Inspection {
  return backUp(usablePath(databaseUrl), target);
}

/** Puts a backup in its place, while no service has it open. */
export function restoreStore(databaseUrl: string, backup: string): Restored {
  return restore(usablePath(databaseUrl), backup, new Date());
}

function usablePath(databaseUrl: string): string {
  requireDriver();
  return registryPath(databaseUrl);
}
