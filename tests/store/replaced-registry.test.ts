import { copyFileSync, linkSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { backUp } from '../../src/store/sqlite/back-up';
import { inspectRegistry } from '../../src/store/sqlite/inspect-registry';
import { openSqliteDatabase } from '../../src/store/sqlite/open-sqlite-database';
import { restore } from '../../src/store/sqlite/restore';
import { SqliteRegistrationStore } from '../../src/store/sqlite/sqlite-registration-store';
import { documentOf, numbered } from './examples';
import { StoreProcess } from './store-process';
import { temporaryFolder } from './temporary-folder';

const FEW = numbered('few-', 3);
/** More than SQLite keeps in a log before it moves it into the file. */
const MANY = numbered('many-', 300);
const IDS = { few: FEW, many: MANY };
const TYPES = numbered('type-', 10);

const REPLACED = 'the registry file was replaced while it was in use: the one before is kept with its log';

describe('a registry file that is replaced while a service has it open', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let backup: string;
  let processes: StoreProcess[];
  let told: [string, Record<string, unknown>][];

  const start = async () => {
    const started = await StoreProcess.start();
    processes.push(started);
    expect(await started.tell({ do: 'open', databaseUrl: `file:${path}` })).toBe('opened');
    return started;
  };
  const end = (service: StoreProcess, how: 'stopped' | 'killed') =>
    how === 'killed' ? service.kill() : service.tell({ do: 'close' });
  const tell = (message: string, fields: Record<string, unknown>) => told.push([message, fields]);
  /** What the next start serves. */
  const served = async () => {
    const store = new SqliteRegistrationStore(await openSqliteDatabase(path, { logger: { info: tell, warn: tell } }));
    const registrations = await documentOf(store);
    await store.close();
    return registrations;
  };
  const kept = () => names().filter((name) => /replaced-[-\dT]*Z$/.test(name));
  const names = () => readdirSync(folder.path);
  const base = () => folder.in(names().find((name) => name.includes('-base-'))!);
  const damage = (file: string) => inspectRegistry(file)!.damage;
  const registrationsOf = (file: string) => inspectRegistry(file)!.contents!.registrations;
  const withClient = (work: (client: Database.Database) => unknown) => {
    const client = new Database(path);
    work(client);
    client.close();
  };

  beforeEach(() => {
    folder = temporaryFolder();
    path = folder.in('registry.db');
    backup = folder.in('backup.db');
    processes = [];
    told = [];
  });
  afterEach(async () => {
    await Promise.all(processes.map((each) => each.kill()));
    folder.remove();
  });

  const byBackup = () => void backUp(path, backup);
  const bySqlite = () => withClient((client) => client.prepare('VACUUM INTO ?').run(backup));
  const byCopying = () => {
    withClient((client) => client.pragma('wal_checkpoint(TRUNCATE)'));
    copyFileSync(path, backup);
  };
  it.each([
    ['a backup', 'stopped', 'few', false, byBackup],
    ['a backup', 'killed', 'few', false, byBackup],
    ['a backup', 'stopped', 'few', true, byBackup],
    ['a backup', 'killed', 'few', true, byBackup],
    ['a backup', 'stopped', 'many', false, byBackup],
    ['a backup', 'killed', 'many', false, byBackup],
    ['a backup', 'stopped', 'many', true, byBackup],
    ['a backup', 'killed', 'many', true, byBackup],
    ['a copy that SQLite made', 'killed', 'few', true, bySqlite],
    ['a copy of the file', 'stopped', 'few', false, byCopying],
    ['a copy of the file', 'killed', 'many', true, byCopying],
  ] as const)(
    'by %s, then %s after %s writes (checkpoint: %j), is served as it was put there, and nothing is lost',
    async (_copy, how, count, isCheckpointed, copy) => {
      const ids = IDS[count];
      const service = await start();
      await service.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1', '2'] });
      copy();
      await service.tell({ do: 'register', serviceTypes: TYPES, flavorIds: ids });
      if (isCheckpointed) withClient((client) => client.pragma('wal_checkpoint(TRUNCATE)'));
      await service.tell({ do: 'register', serviceTypes: ['last'], flavorIds: ['3'] });
      renameSync(backup, path);
      await end(service, how);

      expect(await served()).toEqual({ redis: ['1', '2'] });
      const before = kept()[0]!;
      expect(names().filter((name) => !name.startsWith(before))).toEqual(['registry.db']);
      if (how === 'killed') expect(told).toEqual([[REPLACED, { path, kept: folder.in(before) }]]);
      expect([damage(path), damage(folder.in(before))]).toEqual([[], []]);
      expect(registrationsOf(folder.in(before))).toBe(ids.length * 10 + 3);
    },
  );

  it('does not get the log of a file whose inode it has', async () => {
    const service = await start();
    await service.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1'] });
    backUp(path, backup);
    await service.tell({ do: 'register', serviceTypes: TYPES, flavorIds: FEW });
    await service.kill();
    rmSync(path); // an inode that is free is given to the next file
    copyFileSync(backup, path);
    expect([await served(), damage(path), registrationsOf(folder.in(kept()[0]!))]).toEqual([{ redis: ['1'] }, [], 31]);
  });

  it('is a new one when it was deleted, and the one before is kept', async () => {
    const service = await start();
    await service.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1'] });
    await service.kill();
    rmSync(path);
    expect([await served(), registrationsOf(folder.in(kept()[0]!))]).toEqual([{}, 1]);
  });

  it('keeps two services apart, of which one still has the file before', async () => {
    const [first, second] = [await start(), await start()];
    await first.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1'] });
    backUp(path, backup);
    await second.tell({ do: 'register', serviceTypes: TYPES, flavorIds: FEW });
    renameSync(backup, path);
    await first.tell({ do: 'close' });
    const third = await start();
    expect(await third.tell({ do: 'register', serviceTypes: ['kafka'], flavorIds: ['1'] })).toBe(1);
    expect(await second.tell({ do: 'register', serviceTypes: ['lost'], flavorIds: ['1'] })).toMatch(
      /moved or replaced/,
    );
    await second.tell({ do: 'close' });
    expect(await third.tell({ do: 'register', serviceTypes: ['mysql'], flavorIds: ['1'] })).toBe(1);
    await third.kill();
    expect(await served()).toEqual({ kafka: ['1'], mysql: ['1'], redis: ['1'] });
    expect([damage(path), damage(folder.in(kept()[0]!)), kept().length]).toEqual([[], [], 1]);
  });

  it.each([
    ['at once', async () => undefined],
    ['after a start without it', () => served()],
  ])('may come back %s, and has its log', async (_when, meanwhile) => {
    const service = await start();
    await service.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1'] });
    renameSync(path, folder.in('elsewhere'));
    await service.tell({ do: 'close' });
    await meanwhile();
    renameSync(folder.in('elsewhere'), path);
    expect(await served()).toEqual({ redis: ['1'] });
    expect(names()).toEqual(['registry.db']);
  });

  it('is not taken for another one when its folder was copied as a service left it that was killed', async () => {
    const service = await start();
    await service.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1'] });
    await service.kill();
    for (const name of names()) copyFileSync(folder.in(name), folder.in(`copy-${name}`));
    path = folder.in('copy-registry.db');
    expect([await served(), told, kept()]).toEqual([{ redis: ['1'] }, [], []]);
  });

  it.each([
    ['its name', (before: string) => linkSync(base(), before)],
    [
      'its log',
      (before: string) => {
        linkSync(base(), before);
        renameSync(`${path}-wal`, `${before}-wal`);
      },
    ],
  ])('is set aside as one when a start was killed that had just given %s away', async (_what, halfway) => {
    const service = await start();
    await service.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1'] });
    backUp(path, backup);
    await service.tell({ do: 'register', serviceTypes: TYPES, flavorIds: FEW });
    renameSync(backup, path);
    await service.kill();
    halfway(`${path}.replaced-2026-01-01T000000000Z`);
    expect([await served(), kept()]).toEqual([{ redis: ['1'] }, ['registry.db.replaced-2026-01-01T000000000Z']]);
    expect([damage(path), registrationsOf(folder.in(kept()[0]!))]).toEqual([[], 31]);
  });

  it('is not read together with the log of another one, and can be restored', async () => {
    const service = await start();
    await service.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1'] });
    backUp(path, backup);
    copyFileSync(backup, `${backup}.copy`);
    await service.tell({ do: 'register', serviceTypes: TYPES, flavorIds: FEW });
    renameSync(`${backup}.copy`, path);
    await service.kill();
    const refusal = /was replaced without its write-ahead log.*stop the service and start it again/;
    expect(() => inspectRegistry(path)).toThrow(refusal);
    expect(() => backUp(path, folder.in('another'))).toThrow(refusal);
    const { replaced } = restore(path, backup, new Date());
    expect([await served(), registrationsOf(replaced!)]).toEqual([{ redis: ['1'] }, 1]);
    expect(
      kept()
        .map((name) => registrationsOf(folder.in(name)))
        .sort(),
    ).toEqual([1, 31]);
  });

  it.each<[keyof typeof IDS, boolean]>([
    ['few', false],
    ['few', true],
    ['many', false],
    ['many', true],
  ])(
    'is not served when it was overwritten after %s writes (checkpoint: %j), and stays as it is',
    async (count, isCheckpointed) => {
      const service = await start();
      await service.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1'] });
      backUp(path, backup);
      await service.tell({ do: 'register', serviceTypes: TYPES, flavorIds: IDS[count] });
      if (isCheckpointed) withClient((client) => client.pragma('wal_checkpoint(TRUNCATE)'));
      await service.tell({ do: 'register', serviceTypes: ['last'], flavorIds: ['3'] });
      await service.kill();
      copyFileSync(backup, path); // the same inode
      await expect(served()).rejects.toThrow(/was overwritten.*with "restore FILE"|is damaged and has to be restored/);
      expect(readFileSync(path).equals(readFileSync(backup))).toBe(true);
      restore(path, backup, new Date());
      expect([await served(), damage(path)]).toEqual([{ redis: ['1'] }, []]);
    },
  );

  it.each([
    [
      'service types',
      "UPDATE service_types SET flavor_count = 7 WHERE service_type = 'redis'",
      'another number of flavors',
    ],
    ['the index', "DELETE FROM registrations WHERE flavor_id = '1'", 'are noted, and 1 are in the index'],
    ['events', 'DELETE FROM changes', 'events have lost who caused them'],
  ])('is not served when %s do not fit', async (_what, sql, words) => {
    const service = await start();
    await service.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1', '2'] });
    await service.tell({ do: 'close' });
    withClient((client) => client.exec(`DROP TRIGGER registrations_deleted; ${sql}`));
    await expect(served()).rejects.toThrow(words);
  });
});
