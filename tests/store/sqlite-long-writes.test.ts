import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { checkpointInThread } from '../../src/store/sqlite/checkpoint-thread';
import { openSqliteDatabase } from '../../src/store/sqlite/open-sqlite-database';
import { registryFiles } from '../../src/store/sqlite/registry-files';
import type { SqliteDatabase } from '../../src/store/sqlite/sqlite-database';
import { SqliteRegistrationStore } from '../../src/store/sqlite/sqlite-registration-store';
import { flavors, listOf, numbered, provenance } from './examples';
import { temporaryFolder } from './temporary-folder';

/** Its writes take long on any machine. */
const TYPES = numbered('type-', 100);
const FLAVORS = flavors(...numbered('id-', 300));
const PAIRS = TYPES.length * FLAVORS.length;
const IDS_OF_A_ROUND = numbered('round-', 8000);
const FLAVORS_OF_A_ROUND = flavors(...IDS_OF_A_ROUND);

describe('a write that takes long', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let database: SqliteDatabase;
  let store: SqliteRegistrationStore;

  beforeEach(async () => {
    folder = temporaryFolder();
    path = folder.in('registry.db');
    database = await openSqliteDatabase(path);
    store = new SqliteRegistrationStore(database);
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });

  const writeAll = (by = 'a user') => store.register(TYPES, FLAVORS, { ...provenance(), userId: by });
  const countPairs = async () =>
    (await listOf(store.findServiceTypes())).reduce((sum, each) => sum + each.flavorCount, 0);

  it('lets others have their turn of the event loop, who see nothing of it before its end', async () => {
    const { revision: before, seen } = { revision: store.revision(), seen: new Set<number>() };
    let isOver = false;
    const written = writeAll().finally(() => (isOver = true));
    let turns = 0;
    for (; !isOver; turns += 1) {
      await turn();
      seen.add(await countPairs());
    }
    await written;
    expect(turns).toBeGreaterThan(5);
    expect([...seen].filter((pairs) => pairs !== PAIRS)).toEqual([0]);
    expect(await countPairs()).toBe(PAIRS);
    expect(store.revision()).not.toBe(before);
  });

  it('leaves nothing when it fails, or is a preview', async () => {
    const before = store.revision();
    const added = await store.register(TYPES, FLAVORS, provenance(), { isPreview: true });
    expect(added.registered).toHaveLength(PAIRS);
    const pages = database.writer.client.pragma('page_count', { simple: true }) as number;
    database.writer.client.pragma(`max_page_count = ${pages + 100}`);
    await expect(writeAll()).rejects.toMatchObject({ kind: 'unavailable' });
    expect([await countPairs(), store.revision()]).toEqual([0, before]);
    database.writer.client.pragma('max_page_count = 1000000');
    await writeAll();
    expect(await countPairs()).toBe(PAIRS);
  });

  it('is refused when the file is moved away meanwhile', async () => {
    const written = writeAll();
    const refused = expect(written).rejects.toThrow('was moved or replaced');
    for (let turns = 0; turns < 3; turns += 1) await turn();
    renameSync(path, folder.in('away.db'));
    await refused;
    renameSync(folder.in('away.db'), path);
    expect(await countPairs()).toBe(0);
  });

  it('is waited for by the other writes of the process, and the users take turns', async () => {
    const order: string[] = [];
    const done = (name: string) => () => void order.push(name);
    await Promise.all([
      writeAll('one').then(done('one: first')),
      writeAll('one').then(done('one: second')),
      writeAll('one').then(done('one: third')),
      store.register(['redis'], FLAVORS.slice(0, 1), { ...provenance(), userId: 'other' }).then(done('other')),
    ]);
    expect(order.indexOf('other')).toBeLessThan(order.indexOf('one: third'));
    expect(order.filter((name) => name !== 'other')).toEqual(['one: first', 'one: second', 'one: third']);
  });

  it('is waited for no longer by a write whose caller has gone, which is not done', async () => {
    const long = writeAll();
    await turn(); // it is under way
    const gone = new AbortController();
    const waiting = store.register(['redis'], FLAVORS.slice(0, 1), provenance(), {
      isPreview: false,
      signal: gone.signal,
    });
    const left = expect(waiting).rejects.toThrow('has gone');
    gone.abort(new Error('the client has gone'));
    await left;
    await long;
    expect(await countPairs()).toBe(PAIRS);
  });

  it('leaves other processes their turn, and the log as long as one of them', async () => {
    const others = new SqliteRegistrationStore(await openSqliteDatabase(path));
    let rounds = 0;
    let isOver = false;
    const busy = ['one', 'two'].map(async (userId) => {
      for (; !isOver; rounds += 1) {
        await store.register([userId], FLAVORS_OF_A_ROUND, { ...provenance(), userId });
        await store.deregister([userId], IDS_OF_A_ROUND, { ...provenance(), userId });
      }
    });
    for (let count = 0; count < 5; count += 1) await others.register(['redis'], [FLAVORS[count]!], provenance());
    while (rounds < 6) await turn();
    isOver = true;
    await Promise.all(busy);
    await others.close();
    expect(database.writer.client.pragma('wal_autocheckpoint', { simple: true })).toBe(1000);
    expect(statSync(`${path}-wal`).size).toBeLessThan(4 * (await sizeOfOneLog()));
  });

  /** Of one long write, into a registry of its own. */
  async function sizeOfOneLog(): Promise<number> {
    const alone = await openSqliteDatabase(folder.in('alone.db'));
    await new SqliteRegistrationStore(alone).register(['one'], FLAVORS_OF_A_ROUND, provenance());
    const { size } = statSync(folder.in('alone.db-wal'));
    await alone.close();
    return size;
  }

  it('has its log moved into the file behind it, and the end waits for that', async () => {
    await writeAll();
    await database.writer.close();
    expect(statSync(path).size).toBeGreaterThan(PAIRS * 100); // and others have the file open still
    await database.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    const client = new Database(path, { readonly: true });
    expect(client.pragma('integrity_check', { simple: true })).toBe('ok');
    client.close();
  });

  it('leaves a file alone that has taken the place of its own', async () => {
    await writeAll();
    const files = registryFiles(path);
    renameSync(path, folder.in('away.db'));
    new Database(path).close();
    await checkpointInThread(files);
    expect(existsSync(`${path}-wal`)).toBe(true);
    expect(statSync(path).size).toBe(0);
    rmSync(path);
    renameSync(folder.in('away.db'), path);
    expect(await countPairs()).toBe(PAIRS);
  });
});
