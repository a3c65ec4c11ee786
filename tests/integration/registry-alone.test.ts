import type { Response } from 'supertest';
import { type StubWorld, startStubWorld } from '../support/stub-world';
import { untilWhole } from '../support/until-whole';

const PATH = '/RegisteredFlavors/redis?hydrate=false';

/** What a read of the registry alone costs, and what it goes by. */
describe('the registry alone', () => {
  let here: StubWorld;
  let now: number;
  const clock = { now: () => now, monotonic: () => now };
  beforeEach(async () => {
    now = Date.now();
    here = await startStubWorld(
      { FLAVOR_TTL_SECONDS: '30', FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: '60', FLAVOR_MAX_STALE_SECONDS: '3600' },
      { clock, tokenLifetimeSeconds: 100_000 },
    );
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2,priv-demo').expect(201);
    here.stub.nova.resetRequests();
  });
  afterEach(() => here.world.close());

  const read = (person: 'admin' | 'member' | 'other', path = PATH) => here.world.as(person).get(path);
  const idsOf = ({ body }: Response) =>
    (body as { registered_flavors: { flavor_id: string }[] }).registered_flavors.map(({ flavor_id: id }) => id);
  const asked = () => here.stub.nova.requests.length;

  it('costs an admin nothing of Nova, also of flavors that nobody has looked at', async () => {
    const answer = await read('admin').expect(200);
    await read('admin', '/RegisteredFlavors?hydrate=false').expect(200);
    await read('admin', '/ServiceTypes').expect(200);

    expect([idsOf(answer), answer.headers['cache-status'], asked()]).toEqual([
      ['1', '2', 'priv-demo'],
      'registered-flavors; hit',
      0,
    ]);
  });

  it('asks Nova for others as long as nothing is known, and then goes by what is known, however old', async () => {
    await here.stub.nova.stops();
    await read('member').expect(503);
    await here.stub.nova.starts();
    await untilWhole(here.world.service.url);
    expect([idsOf(await read('member')), idsOf(await read('other'))]).toEqual([
      ['1', '2', 'priv-demo'],
      ['1', '2'],
    ]);
    here.stub.nova.resetRequests();
    await here.stub.nova.stops();
    now += 3_000_000;

    expect([idsOf(await read('member')), idsOf(await read('other'))]).toEqual([
      ['1', '2', 'priv-demo'],
      ['1', '2'],
    ]);
    expect([(await read('member', '/ServiceTypes')).status, asked()]).toEqual([200, 0]);
  });

  it('shows to others by and by what Nova says by now: what was known is renewed behind the reader', async () => {
    await read('other').expect(200);
    now += 3_000_000;
    here.stub.nova.grant('priv-demo', here.stub.keystone.projectId('other'));

    expect(idsOf(await read('other'))).toEqual(['1', '2']);
    let later = await read('other');
    for (let round = 0; round < 200 && idsOf(later).length === 2; round += 1) later = await read('other');
    expect(idsOf(later)).toEqual(['1', '2', 'priv-demo']);
  });
});
