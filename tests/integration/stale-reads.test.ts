import type { Response } from 'supertest';
import { listed, refusal } from '../support/expectations';
import { type StubWorld, startStubWorld } from '../support/stub-world';
import { untilWhole } from '../support/until-whole';

const PATH = '/RegisteredFlavors/redis';

describe('what is not fresh any more', () => {
  let here: StubWorld;
  let now: number;
  const clock = { now: () => now, monotonic: () => now };
  beforeEach(async () => {
    now = Date.now();
    here = await startStubWorld(
      { FLAVOR_TTL_SECONDS: '30', FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: '60', FLAVOR_MAX_STALE_SECONDS: '3600' },
      { clock, tokenLifetimeSeconds: 100_000 },
    );
    await here.world.as('admin').post(`${PATH}/1,2,priv-demo`).expect(201);
    await read('admin');
    await read('member');
    await read('other');
  });
  afterEach(() => here.world.close());

  const read = (person: 'admin' | 'member' | 'other') => here.world.as(person).get(PATH);
  const untilNovaIsMissed = async () => {
    while (!(await here.world.anonymous.get('/readiness')).text.includes('nova')) await read('other');
  };
  const told = ({ status, headers }: Response) => [status, headers['cache-status']];
  const seen = async (person: 'admin' | 'member' | 'other') => listed(await read(person)).map(({ id }) => id);

  it('is given at once and renewed behind the reader', async () => {
    const before = await read('member');
    now += 40_000;
    here.stub.nova.change('1', { ram: 77 });
    const first = await read('member');

    expect([told(first), first.text]).toEqual([[200, 'registered-flavors; hit; ttl=-10'], before.text]);
    let later = await read('member');
    // Flavors and access lists are renewed each by itself.
    for (let round = 0; round < 100 && told(later)[1] === told(first)[1]; round += 1) later = await read('member');
    expect([told(later), later.text.includes('"ram":77')]).toEqual([[200, 'registered-flavors; hit; ttl=30'], true]);
  });

  it('goes on being read while Nova is away, by each as before, and says so', async () => {
    const before = await Promise.all([seen('admin'), seen('member'), seen('other')]);
    now += 1000_000;
    await here.stub.nova.stops();
    const first = await read('member');
    await untilNovaIsMissed();
    const second = await read('member');

    expect(told(first)).toEqual([200, 'registered-flavors; hit; ttl=-970; detail=stale-if-error']);
    expect(told(second)).toEqual([200, 'registered-flavors; hit; ttl=-970']);
    expect(await Promise.all([seen('admin'), seen('member'), seen('other')])).toEqual(before);
    expect(before).toEqual([
      ['1', '2', 'priv-demo'],
      ['1', '2', 'priv-demo'],
      ['1', '2'],
    ]);
    expect(refusal(await here.world.as('admin').post(`${PATH}/1`))).toEqual({
      status: 503,
      codes: ['registered-flavors.nova.unavailable'],
    });

    await here.stub.nova.starts();
    await untilWhole(here.world.service.url);
    expect(told(await read('member'))).toEqual([200, 'registered-flavors; fwd=stale']);
  });

  it('is never part of a list that is not whole', async () => {
    await here.world.as('admin').post('/RegisteredFlavors/mysql/3').expect(201);
    await here.world.service.restart(); // what was known is gone
    await read('member');
    await here.world.as('admin').post('/RegisteredFlavors/redis/3').expect(201);
    now += 100_000;
    await here.stub.nova.stops();
    expect((await read('member')).status).toBe(200); // 3 is known from its registration
    now += 3600_000;

    expect(refusal(await read('member'))).toEqual({ status: 503, codes: ['registered-flavors.nova.unavailable'] });
  });

  it('shows what is registered now, also while Nova is away', async () => {
    now += 1000_000;
    await here.stub.nova.stops();
    await here.world.as('admin').delete(`${PATH}/2`).expect(200);

    expect(await seen('member')).toEqual(['1', 'priv-demo']);
  });
});
