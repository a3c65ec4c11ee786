import Database from 'better-sqlite3';
import { systemClock } from '../../src/clock';
import { listed, refusal } from '../support/expectations';
import { type StubWorld, startStubWorld } from '../support/stub-world';
import { until } from '../support/until';

const PATH = '/RegisteredFlavors/redis';
const BOUNDS = {
  FLAVOR_TTL_SECONDS: '30',
  FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: '60',
  FLAVOR_MAX_STALE_SECONDS: '3600',
};

describe('what Nova said before a restart', () => {
  let here: StubWorld;
  let aheadMs: number;
  const clock = { now: () => systemClock.now() + aheadMs, monotonic: () => systemClock.monotonic() + aheadMs };
  const start = async (settings: Record<string, string> = {}) => {
    aheadMs = 0;
    here = await startStubWorld({ ...BOUNDS, ...settings }, { clock, tokenLifetimeSeconds: 100_000 });
    await here.world.as('admin').post(`${PATH}/1,2,priv-demo`).expect(201);
  };
  afterEach(() => here.world.close());

  const read = (person: 'admin' | 'member' | 'other') => here.world.as(person).get(PATH);
  const seen = async (person: 'admin' | 'member' | 'other') => listed(await read(person)).map(({ id }) => id);
  const everybody = () => Promise.all([seen('admin'), seen('member'), seen('other')]);
  const rows = () => {
    const client = new Database(here.world.service.databaseFile, { readonly: true });
    const all = client.prepare('SELECT * FROM kept_flavors ORDER BY flavor_id').all() as Record<string, unknown>[];
    client.close();
    return all;
  };

  it('does while Nova is away: each sees what they saw, access lists and missing flavors included', async () => {
    await start();
    here.stub.nova.remove('2');
    aheadMs = 100_000;
    const before = [await everybody(), (await read('admin')).text];
    await here.stub.nova.stops();
    await here.world.service.restart();
    aheadMs += 3_000_000;

    expect([await everybody(), (await read('admin')).text]).toEqual(before);
    expect((await read('member')).headers['cache-status']).toMatch(/ttl=-\d+/);
    expect(before).toEqual([[['1', '2', 'priv-demo'], ['1', 'priv-demo'], ['1']], expect.stringContaining('missing')]);
    expect(refusal(await here.world.as('admin').post(`${PATH}/1`))).toMatchObject({ status: 503 });

    await here.stub.nova.starts();
    here.stub.nova.change('1', { ram: 77 });
    await until(async () => (await read('member')).text.includes('"ram":77'));
  });

  it('is given at once when it is fresh still', async () => {
    await start();
    await read('admin');
    await here.world.service.restart();
    here.stub.nova.resetRequests();

    expect((await read('admin')).headers['cache-status']).toMatch(/^registered-flavors; hit; ttl=/);
    expect(here.stub.nova.requests.filter(({ path }) => path.includes('/flavors/1'))).toEqual([]);
  });

  it('is not used when it is too old, nor kept where it never may be used', async () => {
    await start();
    await read('admin');
    await here.stub.nova.stops();
    await here.world.service.restart();
    aheadMs += 3600_000;
    expect(refusal(await read('admin'))).toMatchObject({ status: 503 });
    await here.world.close();

    await start({ FLAVOR_MAX_STALE_SECONDS: '0' });
    await read('admin');
    await here.world.service.restart();
    expect(rows()).toEqual([]);
  });

  it('is not used when it was another Nova’s', async () => {
    await start();
    await read('admin');
    await here.world.service.restart();
    const client = new Database(here.world.service.databaseFile);
    client.exec("UPDATE kept_flavors SET compute_endpoint = 'http://elsewhere.example/v2.1'");
    client.close();
    await here.stub.nova.stops();

    expect(refusal(await read('admin'))).toMatchObject({ status: 503 });
  });

  it('is there again when a flavor was deregistered and registered anew', async () => {
    await start();
    await here.world.as('admin').delete(`${PATH}/1`).expect(200);
    await here.world.as('admin').post(`${PATH}/1`).expect(201);
    await here.world.service.restart();
    await here.stub.nova.stops();

    expect(await seen('admin')).toEqual(['1', '2', 'priv-demo']);
  });

  it('is as old as nobody knows when a clock was ahead, and is asked for anew', async () => {
    await start();
    aheadMs = 86_000_000;
    here.stub.nova.change('1', { ram: 33 });
    await here.world.as('admin').post(`${PATH}/1`).expect(200);
    await here.world.service.restart();
    aheadMs = 0;
    await read('admin');
    here.stub.nova.change('1', { ram: 44 });
    aheadMs = 100_000;

    expect((await read('admin')).text).toContain('"ram":44');
  });

  it('is written again only when it differs, or is about to be too old', async () => {
    await start();
    await here.world.service.restart();
    const written = [rows()];
    const goOn = async (seconds: number) => {
      aheadMs += seconds * 1000;
      await read('admin');
      await here.world.service.restart();
      const before = written.at(-1)!;
      written.push(rows());
      return rows().map(({ asked_at: askedAt }, index) => askedAt !== before[index]?.['asked_at']);
    };

    here.stub.nova.change('1', { ram: 77 });
    expect(await goOn(100)).toEqual([true, false, false]);
    expect(await goOn(100)).toEqual([false, true, true]);
    expect(written[1]?.[0]?.['flavor']).toContain('"ram":77');
  });
});
