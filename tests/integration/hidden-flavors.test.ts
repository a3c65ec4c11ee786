import { type StubWorld, startStubWorld } from '../support/stub-world';

/** Nothing in an answer tells of a flavor that the caller may not see: it is as if it were not registered. */
describe('what is hidden', () => {
  let here: StubWorld;
  beforeAll(async () => {
    // Time stands still: two answers are compared to the second that they say is left of what is known.
    const now = Date.now();
    const clock = { now: () => now, monotonic: () => now };
    here = await startStubWorld({ FLAVOR_TTL_SECONDS: '3600' }, { clock });
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2,priv-none').expect(201);
    await here.world.as('admin').post('/RegisteredFlavors/mysql/priv-none').expect(201);
  });
  afterAll(() => here.world.close());

  /** What an answer says, but for what names the request itself. */
  const told = async (path: string) => {
    const { status, headers, text } = await here.world.as('other').get(path);
    const said = text.replaceAll(/priv-none|no-such/g, 'ID').replaceAll(/req-[\w-]+/g, 'REQ');
    return { status, said, cacheStatus: headers['cache-status'] as unknown };
  };

  it.each([
    ['/RegisteredFlavors?flavor_ids=priv-none', '/RegisteredFlavors?flavor_ids=no-such'],
    ['/RegisteredFlavors?flavor_ids=priv-none,1', '/RegisteredFlavors?flavor_ids=no-such,1'],
    ['/RegisteredFlavors?flavor_ids=priv-none&hydrate=false', '/RegisteredFlavors?flavor_ids=no-such&hydrate=false'],
    ['/RegisteredFlavors/redis?flavor_ids=priv-none', '/RegisteredFlavors/redis?flavor_ids=no-such'],
    ['/RegisteredFlavors/redis/priv-none', '/RegisteredFlavors/redis/no-such'],
    [
      '/RegisteredFlavors/redis/priv-none,1?flavor_ids=priv-none',
      '/RegisteredFlavors/redis/no-such,1?flavor_ids=no-such',
    ],
    ['/RegisteredFlavors/redis/priv-none,2', '/RegisteredFlavors/redis/no-such,2'],
    ['/RegisteredFlavors/mysql', '/RegisteredFlavors/kafka'],
    ['/RegisteredFlavors/mysql,redis', '/RegisteredFlavors/kafka,redis'],
  ])('%s is as %s', async (hidden, none) => {
    // Each twice, for the first look and for what is remembered of it. What is shown, is known by then.
    await here.world.as('other').get('/RegisteredFlavors/redis').expect(200);
    for (let round = 0; round < 2; round += 1) expect(await told(hidden)).toEqual(await told(none));
  });

  it('is not named when Nova stumbles over it', async () => {
    const own = await startStubWorld();
    await own.world.as('admin').post('/RegisteredFlavors/redis/1,priv-none').expect(201);
    own.stub.nova.answersWrongId('priv-other', { path: /flavors\/priv-none$/ });
    const { status, text } = await own.world.as('other').get('/RegisteredFlavors/redis');
    await own.world.close();

    expect([status, text]).toEqual([502, expect.not.stringContaining('priv-')]);
  });

  it('costs two look-ups in Nova at the most, however much of the registry is gone through for a page', async () => {
    const ids = Array.from({ length: 900 }, (_, index) => `many-${index}`);
    for (const id of ids) here.stub.nova.add({ id, name: id, ram: 1, vcpus: 1, disk: 1 });
    await here.world.as('admin').post(`/RegisteredFlavors/many/${ids.join()}`).expect(201);
    here.stub.nova.resetRequests();
    const answer = await here.world.as('admin').get('/RegisteredFlavors?limit=1&name=no-flavor-has-this-name');

    expect([answer.status, answer.body.registered_flavors]).toEqual([200, []]);
    expect(here.stub.nova.requests.length).toBeLessThan(10);
  });
});
