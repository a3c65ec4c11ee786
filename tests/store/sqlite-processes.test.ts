import Database from 'better-sqlite3';
import { flavors, listOf, numbered, pairs, provenance, registered } from './examples';
import { type SqliteRegistry, sqliteRegistry } from './sqlite-registry';
import { StoreProcess } from './store-process';

describe('several processes on one SQLite registry', () => {
  let registry: SqliteRegistry;
  let processes: StoreProcess[];

  async function start(count: number): Promise<StoreProcess[]> {
    processes = await Promise.all(Array.from({ length: count }, () => StoreProcess.start()));
    return processes;
  }

  beforeEach(() => {
    registry = sqliteRegistry();
    processes = [];
  });
  afterEach(async () => {
    await Promise.all(processes.map((process) => process.kill()));
    await registry.dispose();
  });

  it('may all start at once on a file that does not exist yet', async () => {
    const started = await start(8);
    const paths = numbered(`${registry.path}-`, 10);
    for (const path of paths) {
      const order = { do: 'open', databaseUrl: `file:${path}` } as const;
      expect(await Promise.all(started.map((process) => process.tell(order)))).toEqual(Array(8).fill('opened'));
    }
    for (const path of paths) {
      const client = new Database(path, { readonly: true });
      const applied = client.prepare('SELECT count(*) FROM __drizzle_migrations').pluck().get();
      const tables = client.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
      client.close();
      expect({ applied, tables }).toEqual({
        applied: 4,
        tables: [
          '__drizzle_migrations',
          'accepted_flavors',
          'changes',
          'kept_flavors',
          'registration_events',
          'registrations',
          'service_types',
          'sqlite_sequence',
        ],
      });
    }
  });

  it('register each pair exactly once between them', async () => {
    const store = await registry.openStore();
    const ids = numbered('id-', 30);
    const started = await start(2);
    const counts = await Promise.all(
      started.map(async (process) => {
        await process.tell({ do: 'open', databaseUrl: `file:${registry.path}` });
        return process.tell({ do: 'register', serviceTypes: ['redis', 'mysql'], flavorIds: ids });
      }),
    );
    expect(counts.map(Number).reduce((sum, count) => sum + count)).toBe(60);
    expect(await listOf(store.find(['redis', 'mysql']))).toEqual(
      ids.map((flavorId) => registered(flavorId, ['mysql', 'redis'])),
    );
  });

  it('refuses a write as unavailable after the wait when another holds the lock, and recovers by itself', async () => {
    const store = await registry.openStore({ busyTimeoutMs: 150 });
    await store.register(['redis'], flavors('1'), provenance());
    const [other] = await start(1);
    await other!.tell({ do: 'lock', path: registry.path });

    const begin = performance.now();
    await expect(store.register(['redis'], flavors('2'), provenance())).rejects.toMatchObject({
      kind: 'unavailable',
      problems: [
        { code: 'registered-flavors.registry.unavailable', detail: 'The registry is locked by another process.' },
      ],
      retryAfterSeconds: 2,
    });
    expect(performance.now() - begin).toBeGreaterThan(100);
    await expect(store.deregister(['redis'], ['1'], provenance())).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await listOf(store.find(['redis']))).toEqual([registered('1', ['redis'])]);

    await other!.tell({ do: 'release' });
    const outcome = await store.register(['redis'], flavors('2'), provenance());
    expect(outcome.registered).toEqual(pairs('redis 2'));
  });

  it('looks for events to forget without the lock, and takes it only when there are some', async () => {
    const store = await registry.openStore();
    await store.register(['redis'], flavors('1', '2'), provenance({ at: 2000 }));
    const events = await registry.openEvents();
    const prune = async (before: number) => {
      let forgotten = 0;
      for await (const count of events.prune(before)) forgotten += count;
      return forgotten;
    };
    const [other] = await start(1);
    await other!.tell({ do: 'lock', path: registry.path });
    expect(await prune(2000)).toBe(0);
    await expect(prune(2001)).rejects.toMatchObject({ kind: 'unavailable' });
    await other!.tell({ do: 'release' });
    expect(await prune(2001)).toBe(2);
  });

  it('keeps what was answered when a process is killed', async () => {
    const [other] = await start(1);
    await other!.tell({ do: 'open', databaseUrl: `file:${registry.path}` });
    expect(await other!.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1', '2'] })).toBe(2);
    await other!.kill();
    const store = await registry.openStore();
    expect(await listOf(store.find(['redis']))).toHaveLength(2);
  });

  it('does not start while another holds the lock for longer than the wait', async () => {
    await (await registry.openStore()).close();
    const [other] = await start(1);
    await other!.tell({ do: 'lock', path: registry.path });
    await expect(registry.openStore({ startTimeoutMs: 150 })).rejects.toMatchObject({
      name: 'StoreOpenError',
      message: `The registry file "${registry.path}" is locked by another process.`,
    });
    const opening = registry.openStore({ startTimeoutMs: 5000 });
    await other!.tell({ do: 'release' });
    expect(await listOf((await opening).find(['redis']))).toEqual([]);
  });
});
