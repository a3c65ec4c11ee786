import { closeSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { openSqliteDatabase } from '../../src/store/sqlite/open-sqlite-database';
import type { SqliteDatabase } from '../../src/store/sqlite/sqlite-database';
import { toUnavailable } from '../../src/store/sqlite/sqlite-errors';
import { SqliteRegistrationStore } from '../../src/store/sqlite/sqlite-registration-store';
import {
  documentOf,
  flavor,
  flavors,
  listOf,
  numbered,
  pairs,
  provenance,
  registered as asRegistered,
} from './examples';
import { temporaryFolder } from './temporary-folder';

const EVERYTHING = { serviceTypes: 'everything', nextTurn: () => undefined } as const;

describe('an SQLite registry in trouble', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let database: SqliteDatabase;
  let store: SqliteRegistrationStore;

  async function open(): Promise<void> {
    database = await openSqliteDatabase(path);
    store = new SqliteRegistrationStore(database);
  }

  beforeEach(async () => {
    folder = temporaryFolder();
    path = folder.in('registry.db');
    await open();
    await store.register(['redis'], flavors('1'), provenance());
  });
  afterEach(async () => {
    await database.close();
    folder.remove();
  });

  function unavailable(detail: string, retryAfterSeconds = 60): object {
    return {
      kind: 'unavailable',
      problems: [{ code: 'registered-flavors.registry.unavailable', detail }],
      retryAfterSeconds,
    };
  }

  it('writes nothing of a request when the disk is full halfway', async () => {
    const pages = database.writer.client.pragma('page_count', { simple: true }) as number;
    database.writer.client.pragma(`max_page_count = ${pages + 20}`);
    await expect(
      store.register(numbered('type-', 100), flavors(...numbered('id-', 100)), provenance()),
    ).rejects.toMatchObject(unavailable('The registry is on a disk that is full.'));
    expect(database.client.prepare('SELECT flavor_id FROM accepted_flavors').pluck().all()).toEqual(['1']);
    expect(database.client.prepare('SELECT count(*) FROM registrations').pluck().get()).toBe(1);

    database.writer.client.pragma('max_page_count = 1000000');
    const outcome = await store.register(['mysql'], flavors('1'), provenance());
    expect(outcome.registered).toEqual(pairs('mysql 1'));
  });

  it('writes nothing of a declaration when the disk is full halfway', async () => {
    const before = await documentOf(store);
    const pages = database.writer.client.pragma('page_count', { simple: true }) as number;
    database.writer.client.pragma(`max_page_count = ${pages + 20}`);
    const ids = numbered('id-', 1000);
    const registered = numbered('type-', 10).flatMap((serviceType) =>
      ids.map((flavorId) => ({ serviceType, flavorId })),
    );
    const decide = async () => ({ registered, deregistered: pairs('redis 1'), flavors: flavors(...ids) });
    await expect(store.rewrite(EVERYTHING, decide, provenance())).rejects.toMatchObject(
      unavailable('The registry is on a disk that is full.'),
    );
    database.writer.client.pragma('max_page_count = 1000000');
    expect(await documentOf(store)).toEqual(before);
    expect(await store.rewrite(EVERYTHING, decide, provenance())).toEqual(await decide());
  });

  it('still reads when it cannot write', async () => {
    database.writer.client.pragma('query_only = ON');
    const refused = unavailable('The registry cannot be written: its file or file system is read-only.');
    await expect(store.register(['redis'], flavors('2'), provenance())).rejects.toMatchObject(refused);
    await expect(store.deregister(['redis'], ['1'], provenance())).rejects.toMatchObject(refused);
    const decide = async () => ({ registered: [], deregistered: pairs('redis 1'), flavors: [] });
    await expect(store.rewrite(EVERYTHING, decide, provenance())).rejects.toMatchObject(refused);
    expect(await listOf(store.find(['redis']))).toHaveLength(1);
    expect(await documentOf(store)).toEqual({ redis: ['1'] });
  });

  it('says that the file is damaged, and is not opened again', async () => {
    const pagesOfTheTable = database.client
      .prepare("SELECT pageno FROM dbstat WHERE name = 'registrations'")
      .pluck()
      .all() as number[];
    database.writer.client.pragma('wal_checkpoint(TRUNCATE)');
    const file = openSync(path, 'r+');
    for (const page of pagesOfTheTable) writeSync(file, Buffer.alloc(4096, 0xff), 0, 4096, (page - 1) * 4096);
    closeSync(file);
    for (const { client } of [database, database.writer]) client.pragma('shrink_memory');
    const damaged = unavailable('The registry is damaged and has to be restored from a backup.');
    await expect(listOf(store.find(['redis']))).rejects.toMatchObject(damaged);
    await expect(store.register(['redis'], flavors('1'), provenance())).rejects.toMatchObject(damaged);
    await store.close();
    await expect(open()).rejects.toThrow('is damaged and has to be restored from a backup');
  });

  const MOVED = 'The registry file was moved or replaced while in use: restart the service.';

  it('does not write to a file that has been moved away, and goes on when it is back', async () => {
    renameSync(path, `${path}.moved`);
    await expect(store.register(['redis'], flavors('2'), provenance())).rejects.toMatchObject(unavailable(MOVED));
    await expect(listOf(store.find(['redis']))).rejects.toMatchObject(unavailable(MOVED));
    renameSync(`${path}.moved`, path);
    expect(await listOf(store.find(['redis']))).toEqual([asRegistered('1', ['redis'])]);
  });

  it('does not write to a file in whose place another was put', async () => {
    writeFileSync(`${path}.backup`, '');
    renameSync(`${path}.backup`, path);
    await expect(store.deregister(['redis'], ['1'], provenance())).rejects.toMatchObject(unavailable(MOVED));
    rmSync(path);
    await expect(store.deregister(['redis'], ['1'], provenance())).rejects.toMatchObject(unavailable(MOVED));
  });

  it('lets a defect through as it is', async () => {
    const notANumber = { ram: 'much' as unknown as number };
    await expect(store.register(['redis'], [flavor('2', notANumber)], provenance())).rejects.toMatchObject({
      code: 'SQLITE_CONSTRAINT_DATATYPE',
    });
  });
});

describe('toUnavailable', () => {
  it.each([
    ['SQLITE_BUSY', 'The registry is locked by another process.', 2],
    ['SQLITE_BUSY_SNAPSHOT', 'The registry is locked by another process.', 2],
    ['SQLITE_LOCKED', 'The registry is locked by another process.', 2],
    ['SQLITE_IOERR_FSYNC', 'The registry cannot be read or written: the disk reports an error.', 60],
    ['SQLITE_CANTOPEN', 'The registry cannot be opened or created: its path or permissions do not allow it.', 60],
    ['SQLITE_READONLY_DBMOVED', 'The registry cannot be written: its file or file system is read-only.', 60],
    ['SQLITE_NOTADB', 'The registry is not an SQLite database.', 60],
  ])('explains %s, also when another error is wrapped around it', (code, detail, retryAfterSeconds) => {
    const error = new Error('INSERT INTO secrets', { cause: new Database.SqliteError('secret', code) });
    const outcome = toUnavailable(error);
    expect(outcome).toMatchObject({ kind: 'unavailable', message: detail, retryAfterSeconds, cause: error });
  });

  it.each([
    new Database.SqliteError('no such table', 'SQLITE_ERROR'),
    new TypeError('oops'),
    Object.assign(new Error('oops'), { code: 'ENOENT' }),
    'a string',
    undefined,
  ])('leaves %p alone', (error) => {
    expect(toUnavailable(error)).toBe(error);
  });
});
