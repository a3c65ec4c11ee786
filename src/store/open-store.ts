import type { KeptFlavors } from '../registrations/kept-flavors';
import type { RegistrationEvents } from '../registrations/registration-events';
import type { RegistrationStore } from '../registrations/registration-store';
import { requireDriver } from './sqlite/driver';
import { openSqliteDatabase, type SqliteOptions } from './sqlite/open-sqlite-database';
import { SqliteKeptFlavors } from './sqlite/sqlite-kept-flavors';
import { SqliteRegistrationEvents } from './sqlite/sqlite-registration-events';
import { SqliteRegistrationStore } from './sqlite/sqlite-registration-store';
import { registryPath } from './registry-path';

export interface StoreOptions extends SqliteOptions {
  /** `file:` and a path, relative to the working directory or absolute: `file:data/registry.db`. */
  readonly databaseUrl: string;
}

/** The parts of one file. Who closes the registrations closes all of it. */
export interface OpenStore {
  readonly registrations: RegistrationStore;
  readonly events: RegistrationEvents;
  readonly keptFlavors: KeptFlavors;
}

/**
 * Opens the registry: makes the file and its folder when they are missing, and brings its tables up to date. Several
 * processes may do so at the same time.
 *
 * @throws StoreOpenError when that is not possible, with one sentence that says why
 */
export async function openStore(options: StoreOptions): Promise<OpenStore> {
  requireDriver();
  const database = await openSqliteDatabase(registryPath(options.databaseUrl), options);
  return {
    registrations: new SqliteRegistrationStore(database),
    events: new SqliteRegistrationEvents(database),
    keptFlavors: new SqliteKeptFlavors(database),
  };
}
