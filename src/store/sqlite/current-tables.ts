import type Database from 'better-sqlite3';
import { RegisteredFlavorsError } from '../../errors';
import { LATER_SECONDS, sqliteCode } from './sqlite-errors';

const TABLES = ['registrations', 'accepted_flavors', 'service_types', 'changes', 'registration_events', 'kept_flavors'];

/**
 * Prepares the question whether the open file is still one that this version of the service works with: another process
 * may change it at any time, as a newer version does in a rolling upgrade.
 *
 * What it answers with throws `registry.not_current` when it is not. Cheap: it reads the first page of each table.
 */
export function prepareCurrencyCheck(client: Database.Database, migrations: ReadonlySet<number>): () => void {
  const tables = client.prepare(`SELECT ${TABLES.map((table) => `EXISTS (SELECT 1 FROM ${table})`).join()}`);
  const stamps = client.prepare<[], number>('SELECT created_at FROM __drizzle_migrations').pluck();
  return () => {
    let applied: number[];
    try {
      tables.get();
      applied = stamps.all();
    } catch (error) {
      // What SQLite says of a statement that was right when it was prepared: a table or a column is gone.
      if (sqliteCode(error) === 'SQLITE_ERROR')
        throw notCurrent('The registry has lost tables of this service.', error);
      throw error;
    }
    const newer = applied.filter((stamp) => !migrations.has(stamp)).length;
    if (newer > 0) throw notCurrent('A newer version of this service has migrated the registry: upgrade this one.');
    if (applied.length < migrations.size) throw notCurrent('The registry lacks migrations: restart the service.');
  };
}

function notCurrent(detail: string, cause?: unknown): RegisteredFlavorsError {
  return new RegisteredFlavorsError(
    'unavailable',
    { code: 'registered-flavors.registry.not_current', detail },
    { cause, retryAfterSeconds: LATER_SECONDS },
  );
}
