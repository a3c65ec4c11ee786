import { readdirSync, readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { temporaryFolder } from '../store/temporary-folder';
import { runCommand } from '../support/command-line';
import { type StubWorld, startStubWorld } from '../support/stub-world';

describe('events:prune', () => {
  let here: StubWorld;
  beforeEach(async () => {
    here = await startStubWorld();
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2').expect(201);
  });
  afterEach(() => here.world.close());

  const prune = async (...args: string[]) => {
    const environment = { DATABASE_URL: `file:${here.world.service.databaseFile}` };
    const { code: status, ...said } = await runCommand(['events:prune', ...args], environment);
    return { status, ...said };
  };
  const events = async () => (await here.world.as('admin').get('/RegistrationEvents')).body.registration_events.length;

  it('forgets what happened before a time, while the service runs', async () => {
    expect(await prune('--before', '2020-01-01')).toEqual({
      status: 0,
      stdout: '0 events from before 2020-01-01T00:00:00.000Z are forgotten.\n',
      stderr: '',
    });
    expect(await events()).toBe(2);
    const now = new Date().toISOString();
    expect((await prune('--before', now)).stdout).toBe(`2 events from before ${now} are forgotten.\n`);
    expect(await events()).toBe(0);
    await here.world.as('admin').get('/RegisteredFlavors/redis/1').expect(200);
  });

  it('forgets nothing for a time that is still to come', async () => {
    const { status, stderr } = await prune('--before', '2100-01-01');
    expect([status, stderr]).toEqual([1, expect.stringContaining('2100-01-01 is in the future')]);
    expect(await events()).toBe(2);
  });

  it('says how far it got when it is stopped, and goes on from there', async () => {
    const folder = temporaryFolder();
    const environment = { DATABASE_URL: `file:${folder.in('registry.db')}` };
    await runCommand(['migrate'], environment);
    const client = new Database(folder.in('registry.db'));
    client.exec(`
      INSERT INTO changes (id, at, user_id, project_id, request_id) VALUES (1, 1, 'u', 'p', 'r');
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
        INSERT INTO registration_events (change_id, action, service_type, flavor_id) SELECT 1, 'registered', 't', i FROM n`);
    const count = client.prepare<[], number>('SELECT count(*) FROM registration_events').pluck();
    const stop = new AbortController();
    const command = runCommand(['events:prune', '--before', '2020-01-01'], environment, undefined, stop.signal);
    while (count.get() === 200_000) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    const { code, stdout, stderr } = await command;
    const left = count.get()!;
    client.close();
    expect([code, stdout, left > 0]).toEqual([1, '', true]);
    expect(stderr).toBe(
      `${200_000 - left} events from before 2020-01-01T00:00:00.000Z are forgotten so far: run it again for the others.\n` +
        'registered-flavors cannot prune events: it was told to stop.\n',
    );
    const again = await runCommand(['events:prune', '--before', '2020-01-01'], environment);
    expect(again.stdout).toBe(`${left} events from before 2020-01-01T00:00:00.000Z are forgotten.\n`);
    expect(readdirSync(folder.path)).toEqual(['registry.db']);
    folder.remove();
  });

  it('makes no registry, and migrates none: services of an earlier version may have it open', async () => {
    const folder = temporaryFolder();
    const on = (file: string) =>
      runCommand(['events:prune', '--before', '2020-01-01'], { DATABASE_URL: `file:${folder.in(file)}` });
    expect(await on('none.db')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no registry') });
    const old = new Database(folder.in('old.db'));
    old.exec(readFileSync('tests/store/registries/0001-kept-flavors.sql', 'utf8'));
    old.close();
    expect(await on('old.db')).toMatchObject({ code: 1, stderr: expect.stringContaining('of an earlier version') });
    expect(readdirSync(folder.path)).toEqual(['old.db']);
    folder.remove();
  });

  it.each([
    [['--before', 'yesterday']],
    [['--before', '2026-02-31']],
    [['--before', '2026-01-31 12:00']],
    [['--before', '2026-01-31T12:00:00']], // where?
    [['--before']],
    [['--before', '2020-01-01', '2021-01-01']],
    [['--after', '2020-01-01']],
  ])('says how it is used to who calls it with %j', async (args) => {
    const { status, stdout, stderr } = await prune(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^(registered-flavors does not know .*\nusage: |events:prune --before takes a day like)/);
  });
});
