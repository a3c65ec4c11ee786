import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { backUp } from '../../src/store/sqlite/back-up';
import { inspectRegistry } from '../../src/store/sqlite/inspect-registry';
import { MIGRATIONS_FOLDER } from '../../src/store/sqlite/migrate';
import { openSqliteDatabase } from '../../src/store/sqlite/open-sqlite-database';
import { restore } from '../../src/store/sqlite/restore';
import { SqliteRegistrationEvents } from '../../src/store/sqlite/sqlite-registration-events';
import { SqliteRegistrationStore } from '../../src/store/sqlite/sqlite-registration-store';
import { documentOf, flavor, listOf, pairs, provenance } from './examples';
import { StoreProcess } from './store-process';
import { temporaryFolder } from './temporary-folder';

const FOLDER = path.join(__dirname, 'registries');
const REGISTRIES = readdirSync(FOLDER).sort();
const MIGRATIONS = readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER });

describe('an upgrade', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = folder.in('registry.db');
  });
  afterEach(() => folder.remove());

  const write = (registry: string): void => {
    const client = new Database(file);
    client.exec(readFileSync(path.join(FOLDER, registry), 'utf8'));
    client.close();
  };

  it('is tried from the state after each migration that there is', () => {
    expect(REGISTRIES.map((name) => Number(name.slice(0, 4)))).toEqual(MIGRATIONS.map((_, index) => index));
  });

  it.each(REGISTRIES)('takes the registry of %s, keeps its rows and works with it', async (registry) => {
    write(registry);
    const before = inspectRegistry(file)!;
    expect([before.missingMigrations, before.damage]).toEqual([
      MIGRATIONS.length - 1 - REGISTRIES.indexOf(registry),
      [],
    ]);
    const database = await openSqliteDatabase(file);
    const store = new SqliteRegistrationStore(database);
    try {
      expect(await documentOf(store)).toEqual({
        mysql: ['1', 'b1 large'],
        redis: ['1'],
      });
      expect(await listOf(store.find(['mysql'], ['b1 large']))).toEqual([
        {
          flavorId: 'b1 large',
          serviceTypes: ['mysql'],
          accepted: {
            ...{ id: 'b1 large', name: 'ß "large"; --', ram: 2 ** 31, vcpus: 64, disk: 80 },
            ...{ ephemeral: 1, swap: 2, isPublic: false },
          },
        },
      ]);
      expect(await listOf(store.findServiceTypes())).toEqual([
        { serviceType: 'mysql', flavorCount: 2, changedAt: expect.any(Number) },
        { serviceType: 'redis', flavorCount: 1, changedAt: expect.any(Number) },
      ]);
      const provenanceOf = 'SELECT request_id, global_request_id FROM registrations ORDER BY request_id';
      expect(database.client.prepare(provenanceOf).raw().all()).toEqual([
        ['req-1', null],
        ['req-2', 'req-global'],
        ['req-3', null],
      ]);

      const { registered } = await store.register(['kafka', 'redis'], [flavor('1')], provenance());
      expect(registered).toEqual(pairs('kafka 1'));
      const all = { serviceTypes: undefined, flavorIds: ['1'], userId: undefined };
      const range = { since: undefined, until: undefined, before: undefined, limit: 3 };
      const events = await new SqliteRegistrationEvents(database).find({ ...all, ...range });
      expect(events.map(({ action, serviceType }) => `${action} ${serviceType}`)).toEqual([
        ...['registered kafka', 'size_accepted redis', 'size_accepted mysql'],
      ]);
    } finally {
      await store.close();
    }
    expect(inspectRegistry(file)).toMatchObject({ missingMigrations: 0, damage: [] });
  });

  it.each(REGISTRIES)(
    'finds its migrations in %s as they are now: one that was released is never edited',
    (registry) => {
      write(registry);
      const client = new Database(file);
      const applied = client
        .prepare('SELECT hash, created_at FROM __drizzle_migrations ORDER BY created_at')
        .raw()
        .all();
      client.close();
      expect(applied).toEqual(
        MIGRATIONS.slice(0, applied.length).map(({ hash, folderMillis }) => [hash, folderMillis]),
      );
    },
  );

  it('is done once, when several processes start together', async () => {
    write(REGISTRIES[0]!);
    const processes = await Promise.all([0, 1, 2, 3].map(() => StoreProcess.start()));
    try {
      const opened = await Promise.all(processes.map((each) => each.tell({ do: 'open', databaseUrl: `file:${file}` })));
      expect(opened).toEqual(Array(4).fill('opened'));
      const client = new Database(file, { readonly: true });
      expect(client.prepare('SELECT count(*) FROM __drizzle_migrations').pluck().get()).toBe(MIGRATIONS.length);
      client.close();
    } finally {
      for (const each of processes) await each.kill();
    }
  });

  it('can be made of a backup of an earlier version', async () => {
    write(REGISTRIES[0]!);
    const backup = folder.in('backup.db');
    backUp(file, backup);
    const elsewhere = folder.in('elsewhere.db');
    expect(restore(elsewhere, backup, new Date()).inspection.missingMigrations).toBe(MIGRATIONS.length - 1);
    const database = await openSqliteDatabase(elsewhere);
    expect(database.client.prepare('SELECT count(*) FROM registrations').pluck().get()).toBe(3);
    await database.close();
  });
});
