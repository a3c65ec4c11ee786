import { backUp } from './sqlite/back-up';
import { type Inspection, inspectMigrations, inspectRegistry, type MigrationState } from './sqlite/inspect-registry';
import { type Restored, restore } from './sqlite/restore';
import { registryPath } from './registry-path';

export type { Contents, Inspection } from './sqlite/inspect-registry';

/** What an operator does with the registry as a whole, beside the service. Each throws StoreOpenError with one sentence. */
export function inspectStore(databaseUrl: string): Inspection | undefined {
  return inspectRegistry(registryPath(databaseUrl));
}

/** How its tables compare with those of this version; undefined when there is no registry. Fast, however large it is. */
export function inspectStoreMigrations(databaseUrl: string): MigrationState | undefined {
  return inspectMigrations(registryPath(databaseUrl));
}

/** Copies it to a file that is not there yet, also while services write. */
export function backUpStore(databaseUrl: string, target: string): Inspection {
  return backUp(registryPath(databaseUrl), target);
}

/** Puts a backup in its place, while no service has it open. */
export function restoreStore(databaseUrl: string, backup: string): Restored {
  return restore(registryPath(databaseUrl), backup, new Date());
}
