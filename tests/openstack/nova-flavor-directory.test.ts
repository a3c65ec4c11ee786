import { startStubCloud, type StubCloud, type StubCloudOptions } from '../../src/stub/stub-cloud';
import { manyFlavors } from '../../src/stub/stub-flavors';
import { timed } from '../support/own-time';
import { aCall, connect, type ClientOptions, type Clients } from './support/clients';
import { flavorRequestsAt, loginsAt, outcomeOf, PROBE } from './support/expectations';
import { until } from '../support/until';

const atFlavor = { path: /\/flavors\/[^/?]+$/ };
const atList = { path: /detail\?is_public=None/ };
const timeout = {
  kind: 'upstream timed out',
  code: 'registered-flavors.nova.timeout',
  detail: expect.stringContaining('deadline'),
};

let cloud: StubCloud;
let clients: Clients;

async function start(options: StubCloudOptions = { flavors: manyFlavors(2000) }, client: ClientOptions = {}) {
  cloud = await startStubCloud(options);
  clients = connect(cloud, client);
}

afterEach(async () => {
  expect(cloud.nova.writes).toBe(0);
  await cloud.close();
});

function lookUp(flavorIds: readonly string[]) {
  return clients.directory.lookUp(flavorIds, { globalRequestId: aCall().globalRequestId });
}

/** So many ids, spread evenly over the list. */
function spread(count: number): string[] {
  const ids = cloud.nova.flavors.map(({ id }) => id);
  return Array.from({ length: count }, (_, index) => ids[Math.floor((index * ids.length) / count)]!);
}

async function statuses(flavorIds: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = { found: 0, missing: 0 };
  const { answers } = await lookUp(flavorIds);
  for (const id of flavorIds) counts[answers.get(id)!.status]! += 1;
  return counts;
}

describe('how Nova is asked, of 2,000 flavors', () => {
  beforeEach(() => start());

  it.each([
    [1, { gets: 1, pages: 0 }],
    [10, { gets: 10, pages: 0 }],
    [16, { gets: 16, pages: 0 }],
    [17, { gets: 0, pages: 2 }],
    [200, { gets: 0, pages: 2 }],
    [1500, { gets: 0, pages: 2 }],
  ])('for %d ids, before anybody knows how many there are', async (count, requests) => {
    expect(await statuses(spread(count))).toEqual({ found: count, missing: 0 });
    expect(flavorRequestsAt(cloud)).toEqual(requests);
  });

  it.each([
    [1, { gets: 1, pages: 0 }],
    [17, { gets: 17, pages: 0 }],
    [80, { gets: 80, pages: 0 }],
    [81, { gets: 0, pages: 2 }],
    [200, { gets: 0, pages: 2 }],
    [1500, { gets: 0, pages: 2 }],
  ])('for %d ids, once a walk has counted them', async (count, requests) => {
    await lookUp(cloud.nova.flavors.map(({ id }) => id));
    cloud.nova.resetRequests();

    expect(await statuses(spread(count))).toEqual({ found: count, missing: 0 });
    expect(flavorRequestsAt(cloud)).toEqual(requests);
  });

  it('does not take the part that a walk saw before it stopped early for the whole', async () => {
    cloud.nova.shortPages(100, { times: 1 });
    const firstPage = cloud.nova.flavors.slice(0, 17).map(({ id }) => id);
    await lookUp(firstPage);
    cloud.nova.resetRequests();

    await lookUp(spread(16));

    expect(flavorRequestsAt(cloud)).toEqual({ gets: 16, pages: 0 });
  });

  it('is answered for every id, and for no other that was not seen', async () => {
    const { answers, failures } = await lookUp(['1000000', ...spread(2)]);

    expect([...answers.keys()].sort()).toEqual(['1000000', ...spread(2)].sort());
    expect([answers.get('1000000'), failures.size]).toEqual([{ status: 'missing' }, 0]);
  });

  it('tells also of what went by in the list', async () => {
    const wanted = spread(20);
    const { answers, wentBy } = await lookUp([...wanted, 'nowhere']);

    expect([...answers.keys()]).toEqual([...wanted, 'nowhere']);
    expect(answers.get('nowhere')).toEqual({ status: 'missing' });
    const others = cloud.nova.flavors.filter(({ id }) => !wanted.includes(id));
    expect(wentBy.map(({ id }) => id)).toEqual(others.map(({ id }) => id));
  });

  it('asks nothing for nothing', async () => {
    expect((await lookUp([])).answers.size).toBe(0);
    expect([cloud.nova.requests, cloud.keystone.requests]).toEqual([[], []]);
  });

  it('says when it asked, not when it was answered', async () => {
    cloud.nova.isSlow(50, { path: /flavors/ });
    const askedAt = clients.clock.now();
    const looking = lookUp(spread(1));
    await until(() => flavorRequestsAt(cloud).gets === 1);
    clients.clock.passes(9);

    expect((await looking).askedAt).toBe(askedAt);
  });

  it('goes no wider than it may', async () => {
    clients = connect(cloud, { maxConcurrentRequests: 3 });
    cloud.nova.isSlow(100, { path: /flavors/ });
    await Promise.all([lookUp(spread(16)), lookUp(spread(10)), lookUp(spread(17))]);

    expect(cloud.nova.maxConcurrent).toBe(3);
  });
});

describe('what a walk did not find', () => {
  it('is looked up once more: a flavor may have come behind the marker', async () => {
    await start({ flavors: manyFlavors(60), maxLimit: 30 });
    const ids = cloud.nova.flavors.map(({ id }) => id);
    cloud.nova.isSlow(100, { path: /marker=/ });
    const looking = lookUp([...ids, 'new', '0-behind']);
    await until(() => flavorRequestsAt(cloud).pages === 2);
    cloud.nova.add({ id: '0-behind', name: 'late', ram: 1, vcpus: 1, disk: 1 });

    const { answers } = await looking;

    expect([answers.get('0-behind')?.status, answers.get('new')?.status]).toEqual(['found', 'missing']);
    expect(flavorRequestsAt(cloud)).toEqual({ gets: 2, pages: 3 });
  });

  it('is missing when there is nothing of it, also for an id that only the list can show', async () => {
    await start();

    expect(await statuses(['detail', ...spread(20)])).toEqual({ found: 20, missing: 1 });
    expect(flavorRequestsAt(cloud)).toEqual({ gets: 0, pages: 3 });
  });

  it('is another flavor where Nova matches without regard to case', async () => {
    await start({ flavors: [...manyFlavors(50), { id: 'MixedCase', name: 'm', ram: 1, vcpus: 1, disk: 1 }] });
    cloud.nova.matchesIdsLikeMariaDb();

    expect(await statuses(['mixedcase', ...spread(20)])).toEqual({ found: 20, missing: 1 });
  });
});

describe('a look-up that cannot be answered whole', () => {
  const small = (count: number) => ({ flavors: manyFlavors(count) });

  it.each([
    ['every GET', 10, /flavors\/[^d][^/?]*$/],
    ['the list', 20, atList.path],
  ])('calls nothing missing: %s fails', async (_, count, path) => {
    await start(small(50));
    cloud.nova.fails(500, { path });

    expect(await outcomeOf(lookUp(spread(count)))).toMatchObject({ code: 'registered-flavors.nova.bad_answer' });
  });

  it('calls nothing missing because the second page failed', async () => {
    await start({ ...small(50), maxLimit: 20 });
    cloud.nova.fails(500, { path: /marker=/ });

    expect((await outcomeOf(lookUp(spread(50)))).kind).toBe('upstream answered badly');
  });

  it('calls nothing missing because the look after the walk failed', async () => {
    await start(small(50));
    cloud.nova.fails(503, { path: /nowhere/ });

    expect((await outcomeOf(lookUp([...spread(20), 'nowhere']))).kind).toBe('unavailable');
  });

  it('gives up the rest once one has failed', async () => {
    await start(small(50), { maxConcurrentRequests: 2 });
    const [first, ...rest] = spread(16) as [string, ...string[]];
    cloud.nova.fails(403, { path: new RegExp(`${first}$`) });
    cloud.nova.isSlow(200, { path: /flavors/ });
    await outcomeOf(lookUp([first, ...rest]));
    const { gets } = flavorRequestsAt(cloud);
    await new Promise((resolve) => setTimeout(resolve, 700));

    expect([gets, flavorRequestsAt(cloud).gets]).toEqual([2, 2]);
  });

  it('logs in once only when the login is what failed', async () => {
    await start(small(50), { maxConcurrentRequests: 2 });
    cloud.keystone.fails(401);
    await outcomeOf(lookUp(spread(16)));
    await new Promise((resolve) => setTimeout(resolve, 200));

    expect(loginsAt(cloud)).toBe(1);
  });
});

describe('the deadline of a whole look-up', () => {
  const soon = { novaDeadlineMs: 1_000 };

  it.each([
    ['hangs', () => cloud.nova.hangs(atFlavor)],
    ['drips', () => cloud.nova.drips({ bytesPerSecond: 20, ...atFlavor })],
    ['hangs from the first', () => cloud.nova.hangs()],
    ['hangs when it is asked who we are', () => cloud.nova.hangs({ path: PROBE })],
    ['answers each request in time, but not all', () => cloud.nova.isSlow(200, atFlavor)],
  ])('holds while Nova %s', async (_, goWrong) => {
    await start(undefined, { ...soon, maxConcurrentRequests: 1 });
    goWrong();

    const { ms, result } = await timed(() => outcomeOf(lookUp(spread(16))));

    expect(result).toEqual(timeout);
    expect(ms).toBeLessThan(4_000); // one try alone may take 5 s
  });

  it('holds for a walk', async () => {
    await start({ flavors: manyFlavors(100), maxLimit: 5 }, soon);
    cloud.nova.isSlow(200, atList);

    const { ms, result } = await timed(() => outcomeOf(lookUp(spread(100))));

    expect(result).toEqual(timeout);
    expect(ms).toBeLessThan(4_000); // one try alone may take 5 s
  });

  it('holds while another look-up has every place', async () => {
    await start(undefined, { ...soon, attemptTimeoutMs: 3_000, maxConcurrentRequests: 1 });
    await lookUp(spread(1));
    cloud.nova.hangs();
    const occupying = outcomeOf(clients.nova.getFlavor(spread(1)[0]!, aCall()));

    const { ms, result } = await timed(() => outcomeOf(lookUp(spread(2))));
    await occupying;

    expect(result).toEqual(timeout);
    expect(ms).toBeLessThan(2_500);
  });

  it('holds while Keystone hangs', async () => {
    await start(undefined, { ...soon, keystoneDeadlineMs: 8_000, attemptTimeoutMs: 8_000 });
    cloud.keystone.hangs();

    const { ms } = await timed(() => outcomeOf(lookUp(spread(1))));

    expect(ms).toBeLessThan(5_000);
  });

  it('leaves no request behind', async () => {
    await start(undefined, { ...soon, maxConcurrentRequests: 1 });
    cloud.nova.isSlow(300, atFlavor);
    await outcomeOf(lookUp(spread(16)));
    const { gets } = flavorRequestsAt(cloud);
    await new Promise((resolve) => setTimeout(resolve, 700));

    expect(flavorRequestsAt(cloud).gets).toBe(gets);
  });
});
