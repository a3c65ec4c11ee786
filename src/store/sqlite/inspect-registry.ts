import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { requireOwnLog } from './log-owner';
import { knownMigrations, MIGRATIONS_FOLDER, requireOurs } from './migrate';
import { openError } from './open-error';
import { openToRead } from './open-to-read';
import { fileBehind } from './registry-files';
import { isDamaged } from './sqlite-errors';

/** How the tables of a registry file compare with those of this version. */
export interface MigrationState {
  /** Migrations that this version has and the file has not. */
  readonly missingMigrations: number;
  /** Migrations of the file that this version does not know. */
  readonly newerMigrations: number;
}

/** What is found in a registry file, without changing it. */
export interface Inspection extends MigrationState {
  readonly path: string;
  readonly bytes: number;
  /** What is wrong with it, in SQLite's words and ours; empty when nothing is. */
  readonly damage: readonly string[];
  /** Undefined where the tables are not those of this version. */
  readonly contents: Contents | undefined;
}

export interface Contents {
  readonly registrations: number;
  readonly flavors: number;
  readonly serviceTypes: number;
  readonly events: number;
}

/**
 * Looks at a registry file; undefined when there is none. Works beside a running service.
 * @throws StoreOpenError when it is another program's database, or none at all
 */
export function inspectRegistry(path: string, migrationsFolder = MIGRATIONS_FOLDER): Inspection | undefined {
  return withRegistry(path, (client) => {
    const state = compareMigrations(client, migrationsFolder);
    const damage = damageOf(client);
    const isComparable = damage.length === 0 && state.missingMigrations + state.newerMigrations === 0;
    return {
      ...{ path, bytes: bytesOf(client), ...state },
      damage: isComparable ? contradictionsOf(client) : damage,
      contents: isComparable ? contentsOf(client) : undefined,
    };
  });
}

/** The part of {@link inspectRegistry} that takes no longer with more events; undefined when there is no file. */
export function inspectMigrations(path: string): MigrationState | undefined {
  return withRegistry(path, (client) => compareMigrations(client, MIGRATIONS_FOLDER));
}

function withRegistry<T>(path: string, work: (client: Database.Database) => T): T | undefined {
  if (!existsSync(path)) return undefined;
  try {
    requireOwnLog(fileBehind(path));
    return openToRead(path, (client) => {
      requireOurs(client);
      return work(client);
    });
  } catch (error) {
    throw openError(path, error);
  }
}

function compareMigrations(client: Database.Database, folder: string): MigrationState {
  const known = knownMigrations(folder);
  const applied = client.prepare<[], number>('SELECT created_at FROM __drizzle_migrations').pluck().all();
  const newerMigrations = applied.filter((stamp) => !known.has(stamp)).length;
  return { missingMigrations: known.size - (applied.length - newerMigrations), newerMigrations };
}

/** What is still in the write-ahead log counts. */
function bytesOf(client: Database.Database): number {
  return client
    .prepare<[], number>('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size')
    .pluck()
    .get()!;
}

function damageOf(client: Database.Database): string[] {
  try {
    const findings = client.prepare<[], string>('PRAGMA integrity_check').pluck().all();
    const dangling = client.prepare('PRAGMA foreign_key_check').all().length;
    return [
      ...findings.filter((finding) => finding !== 'ok'),
      ...(dangling > 0 ? [`${dangling} rows refer to others that are not there`] : []),
    ];
  } catch (error) {
    if (isDamaged(error)) return ['it cannot even be looked through']; // so far does it not always come
    throw error;
  }
}

/** What the service sees to with each write, and never finds otherwise unless somebody has changed the file by hand. */
export function contradictionsOf(client: Database.Database): string[] {
  const count = (sql: string): number => client.prepare<[], number>(sql).pluck().get()!;
  const orphans = count(
    'SELECT count(*) FROM accepted_flavors WHERE flavor_id NOT IN (SELECT flavor_id FROM registrations)',
  );
  const miscounted = count(
    `SELECT count(*) FROM (
      SELECT service_type, count(*) FROM registrations GROUP BY service_type
      EXCEPT SELECT service_type, flavor_count FROM service_types)`,
  );
  const unused = count(
    'SELECT count(*) FROM service_types WHERE service_type NOT IN (SELECT service_type FROM registrations)',
  );
  return [
    ...(orphans > 0 ? [`${orphans} flavors are kept without a registration`] : []),
    ...(miscounted + unused > 0
      ? [`${miscounted + unused} service types have another number of flavors than is noted`]
      : []),
  ];
}

function contentsOf(client: Database.Database): Contents {
  return client
    .prepare<[], Contents>(
      `SELECT (SELECT count(*) FROM registrations) AS registrations, (SELECT count(*) FROM accepted_flavors) AS flavors,
        (SELECT count(*) FROM service_types) AS serviceTypes, (SELECT count(*) FROM registration_events) AS events`,
    )
    .get()!;
}
