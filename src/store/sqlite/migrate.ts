import { resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import { StoreOpenError } from '../store-open-error';
import { troubleBehind } from './sqlite-errors';

/** Three folders up is the package's root, from `src` as from `dist`. */
export const MIGRATIONS_FOLDER = resolve(__dirname, '../../../drizzle/sqlite');

/** "RgFl" in the header of the file tells our databases from everybody else's. */
const APPLICATION_ID = 0x5267466c;

/** @throws StoreOpenError when the file is another program's database. Changes nothing, so that theirs stays as it is. */
export function requireOurs(client: Database.Database): void {
  const { id, tables } = client
    .prepare<[], { id: number; tables: number }>(
      'SELECT application_id AS id, (SELECT count(*) FROM sqlite_schema) AS tables FROM pragma_application_id',
    )
    .get()!;
  if (tables > 0 && id !== APPLICATION_ID) {
    throw new StoreOpenError(
      `The registry file "${client.name}" is a database of another program; DATABASE_URL must name a file of its own.`,
    );
  }
}

/**
 * Applies the migrations that the file lacks: all of them, or none.
 *
 * drizzle's own `migrate` lets two processes that start together apply the same migration twice, and skips one whose
 * stamp is older than the newest applied. Here everything, the look at what is applied included, happens under the
 * write lock. The bookkeeping is drizzle's, so that its tools can read it.
 *
 * @returns how many were applied
 * @throws StoreOpenError when the file was written by a newer version, or a migration fails
 */
export function migrate(client: Database.Database, folder: string): number {
  const migrations = readMigrations(folder);
  // Rebuilding a table that others refer to is only possible without; the check at the end makes up for it.
  client.pragma('foreign_keys = OFF');
  const run = client.transaction(() => {
    const applied = appliedStamps(client);
    client.exec('UPDATE __drizzle_migrations SET hash = hash WHERE false'); // fails where nothing can be written
    const missing = migrations.filter(({ folderMillis }) => !applied.has(folderMillis));
    if (applied.size + missing.length > migrations.length) {
      throw new StoreOpenError(`The registry file "${client.name}" was written by a newer version of this service.`);
    }
    if (missing.length > 0) applyAll(client, missing);
    return missing.length;
  });
  return run.immediate();
}

/**
 * The stamps of all migrations that this version of the service has.
 * @throws StoreOpenError when the folder cannot be read
 */
export function knownMigrations(folder: string): ReadonlySet<number> {
  return new Set(readMigrations(folder).map(({ folderMillis }) => folderMillis));
}

function readMigrations(folder: string): MigrationMeta[] {
  try {
    return readMigrationFiles({ migrationsFolder: folder });
  } catch (error) {
    throw new StoreOpenError(`The migrations folder "${folder}" is missing or incomplete: install the service anew.`, {
      cause: error,
    });
  }
}

function appliedStamps(client: Database.Database): Set<number> {
  client.exec(
    'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created_at INTEGER) STRICT',
  );
  return new Set(client.prepare<[], number>('SELECT created_at FROM __drizzle_migrations').pluck().all());
}

function applyAll(client: Database.Database, migrations: readonly MigrationMeta[]): void {
  const remember = client.prepare('INSERT INTO __drizzle_migrations (hash, created_at) VALUES (?, ?)');
  try {
    for (const { sql, hash, folderMillis } of migrations) {
      for (const statement of sql) client.exec(statement);
      remember.run(hash, folderMillis);
    }
  } catch (error) {
    if (troubleBehind(error)) throw error;
    throw new StoreOpenError(`A migration of the registry file "${client.name}" failed; nothing was changed.`, {
      cause: error,
    });
  }
  if (client.prepare('PRAGMA foreign_key_check').get() !== undefined) {
    throw new StoreOpenError(
      `A migration would leave the registry file "${client.name}" with registrations of no flavor; nothing was changed.`,
    );
  }
  client.pragma(`application_id = ${APPLICATION_ID}`);
}
