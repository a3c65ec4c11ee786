import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { migrate } from '../../src/store/sqlite/migrate';
import { openSqliteDatabase } from '../../src/store/sqlite/open-sqlite-database';
import { preparePieces } from '../../src/store/sqlite/piece-statements';
import {
  acceptedFlavors,
  changes,
  keptFlavors,
  registrationEvents,
  registrations,
  serviceTypes,
} from '../../src/store/sqlite/schema';
import type { SqliteDatabase } from '../../src/store/sqlite/sqlite-database';
import { temporaryFolder } from './temporary-folder';

const MIGRATIONS = join(__dirname, '../../drizzle/sqlite');

interface Journal {
  entries: { idx: number; when: number; tag: string; version: string; breakpoints: boolean }[];
}

function readJournal(folder = MIGRATIONS): Journal {
  return JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as Journal;
}

describe('the SQLite migrations', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let database: SqliteDatabase;
  beforeEach(async () => {
    folder = temporaryFolder();
    database = await openSqliteDatabase(folder.in('registry.db'));
  });
  afterEach(async () => {
    await database.close();
    folder.remove();
  });

  /** The migrations of a coming version: ours and one more. */
  function migrationsWith(sql: string): string {
    const path = folder.in('migrations');
    cpSync(MIGRATIONS, path, { recursive: true });
    const journal = readJournal();
    const last = journal.entries.at(-1)!;
    journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: '9999_next' });
    writeFileSync(join(path, 'meta/_journal.json'), JSON.stringify(journal));
    writeFileSync(join(path, '9999_next.sql'), sql);
    return path;
  }

  /** The migrations of an earlier version. */
  function firstMigrations(count: number): string {
    const path = folder.in('earlier');
    cpSync(MIGRATIONS, path, { recursive: true });
    const entries = readJournal().entries.slice(0, count);
    writeFileSync(join(path, 'meta/_journal.json'), JSON.stringify({ ...readJournal(), entries }));
    return path;
  }

  it('have rising stamps, as drizzle skips one that is older than the newest applied', () => {
    const stamps = readJournal().entries.map(({ when }) => when);
    expect(stamps.length).toBeGreaterThan(0);
    expect(stamps).toEqual([...new Set(stamps)].sort((a, b) => a - b));
  });

  it.each([acceptedFlavors, registrations, serviceTypes, changes, registrationEvents, keptFlavors])(
    'make the table that schema.ts describes',
    (table) => {
      const described = getTableConfig(table);
      expect(columnsOf(database.client, described.name)).toEqual(
        described.columns.map((column) => ({
          name: column.name,
          type: column.getSQLType(),
          notNull: column.notNull,
          inKey:
            column.primary ||
            described.primaryKeys.some(({ columns }) => columns.some(({ name }) => name === column.name)),
        })),
      );
      const { strict, wr: withoutRowid } = tableListed(database.client, described.name);
      const hasRowid = described.columns.some((column) => 'autoIncrement' in column && column.autoIncrement === true);
      expect({ strict, withoutRowid }).toEqual({ strict: 1, withoutRowid: hasRowid ? 0 : 1 });
      const made = database.client.pragma(`index_list(${described.name})`) as { name: string; origin: string }[];
      const indexNames = made.filter(({ origin }) => origin === 'c').map(({ name }) => name);
      expect(indexNames).toEqual(described.indexes.map(({ config }) => config.name));
      const keys = database.client.pragma(`foreign_key_list(${described.name})`) as { from: string; table: string }[];
      expect(keys.map(({ from, table: to }) => [from, to])).toEqual(
        described.foreignKeys.map((key) => [
          key.reference().columns[0]!.name,
          getTableConfig(key.reference().foreignTable as typeof acceptedFlavors).name,
        ]),
      );
    },
  );

  it('make tables that SQLite reads as was thought: each piece of a list is a stretch of an index', () => {
    const planOf = (sql: string, values: unknown): string =>
      database.client
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(values)
        .map(({ detail }) => detail)
        .join('; ');
    const VALUES = { types: '[]', ids: '[]', after: '', upTo: '', offset: 0, limit: 1, flavorId: '', type: '', id: '' };
    const pieces = preparePieces(database.client);
    const plans = Object.fromEntries(
      Object.entries(pieces).map(([name, { source }]) => {
        const used = Object.entries(VALUES).filter(([variable]) => source.includes(`@${variable}`));
        return [name, planOf(source, Object.fromEntries(used))];
      }),
    );
    const RANGE = /SEARCH registrations USING PRIMARY KEY \(service_type=\? AND flavor_id>\?/;
    expect(plans['boundary']).toMatch(RANGE);
    expect(plans['flavorsBetween']).toMatch(RANGE);
    expect(plans['flavorsOf']).toMatch(/SEARCH registrations USING (COVERING INDEX|PRIMARY KEY)/);
    expect(plans['accepted']).toMatch(/^SEARCH f USING PRIMARY KEY \(flavor_id>\?\)$/);
    expect(plans['acceptedOf']).toMatch(/^SEARCH f USING PRIMARY KEY \(flavor_id=\?\)/);
    expect(plans['typesOf']).toMatch(/^SEARCH registrations USING COVERING INDEX registrations_flavor_id/);
    expect(plans['typesOf']).not.toContain('TEMP B-TREE FOR ORDER BY');
    expect(plans['serviceTypes']).toMatch(/^SEARCH service_types USING PRIMARY KEY \(service_type>\?\)$/);
    expect(plans['pairs']).toContain('SEARCH registrations USING PRIMARY KEY ((service_type,flavor_id)>(?,?))');
    const events = database.reads.findEvents.getQuery().sql;
    expect(planOf(events, Array<null>((events.match(/\?/g) ?? []).length).fill(null))).not.toContain(
      'TEMP B-TREE FOR ORDER BY',
    );
  });

  it('are not applied twice', async () => {
    const told: unknown[] = [];
    const tell = (...args: unknown[]) => told.push(args);
    const logger = { info: tell, warn: tell };
    await (await openSqliteDatabase(folder.in('registry.db'), { logger })).close();
    expect(told).toEqual([]);
    await (await openSqliteDatabase(folder.in('fresh.db'), { logger })).close();
    expect(told).toEqual([['a new, empty registry was made', { path: folder.in('fresh.db'), migrations: 4 }]]);
  });

  it('add what is missing to a registry in use, also by rebuilding a table that others refer to', async () => {
    fill(database.writer.client);
    const migrationsFolder = migrationsWith(
      `CREATE TABLE rebuilt (flavor_id text PRIMARY KEY NOT NULL, name text NOT NULL, ram integer NOT NULL,
        vcpus integer NOT NULL, disk integer NOT NULL, ephemeral integer NOT NULL, swap integer NOT NULL,
        is_public integer NOT NULL, accepted_at integer NOT NULL, colour text) STRICT, WITHOUT ROWID;
      INSERT INTO rebuilt SELECT *, 'blue' FROM accepted_flavors;
      DROP TABLE accepted_flavors;
      ALTER TABLE rebuilt RENAME TO accepted_flavors;`,
    );
    const newer = await openSqliteDatabase(folder.in('registry.db'), { migrationsFolder });
    expect(newer.client.prepare('SELECT flavor_id, colour FROM accepted_flavors').all()).toEqual([
      { flavor_id: '1', colour: 'blue' },
    ]);
    expect(newer.writer.client.pragma('foreign_keys', { simple: true })).toBe(1);
    await newer.close();
  });

  it('count what was registered before service types were counted', async () => {
    const path = folder.in('older.db');
    const older = new Database(path);
    migrate(older, firstMigrations(2));
    fill(older);
    older.close();
    const now = await openSqliteDatabase(path);
    const counted = now.client.prepare('SELECT service_type, flavor_count, changed_at FROM service_types').all();
    await now.close();
    expect(counted).toEqual([{ service_type: 'redis', flavor_count: 1, changed_at: 0 }]);
  });

  it.each([
    ['fails halfway', 'DELETE FROM registrations; SELECT * FROM nothing', /^A migration of the registry file/],
    ['would orphan registrations', 'DELETE FROM accepted_flavors', /registrations of no flavor; nothing was changed/],
  ])('leave everything as it was when one %s', async (_, sql, message) => {
    fill(database.writer.client);
    const migrationsFolder = migrationsWith(sql);
    await expect(openSqliteDatabase(folder.in('registry.db'), { migrationsFolder })).rejects.toMatchObject({
      name: 'StoreOpenError',
      message: expect.stringMatching(message),
    });
    const count = (table: string) => database.client.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    expect([count('registrations'), count('accepted_flavors'), count('__drizzle_migrations')]).toEqual([1, 1, 4]);
  });
});

function fill(client: Database.Database): void {
  client.exec("INSERT INTO accepted_flavors VALUES ('1', 'small', 1, 1, 1, 0, 0, 1, 0)");
  client.exec("INSERT INTO registrations VALUES ('redis', '1', 0, 'user', 'project', 'req-1', NULL)");
}

function columnsOf(client: Database.Database, table: string): unknown[] {
  const columns = client.pragma(`table_info(${table})`) as {
    name: string;
    type: string;
    notnull: number;
    pk: number;
  }[];
  return columns.map(({ name, type, notnull, pk }) => ({
    name,
    type: type.toLowerCase(),
    notNull: notnull === 1,
    inKey: pk > 0,
  }));
}

function tableListed(client: Database.Database, table: string): { strict: number; wr: number } {
  return (client.pragma(`table_list(${table})`) as { strict: number; wr: number }[])[0]!;
}
