import type { CachedFlavorDirectory } from '../../src/openstack/cached-flavor-directory';
import type { LookUpOptions } from '../../src/registrations/flavor-directory';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, connect, createCache, type Clients } from './support/clients';
import { until } from '../support/until';

/** A cloud of which Nova cannot tell all access lists within the deadline of one reader. */
const ids = Array.from({ length: 120 }, (_, index) => `p-${String(index).padStart(3, '0')}`);
const half = ids.length / 2;
const atAccess = { path: /\/os-flavor-access$/ };
const BOUNDS = { deadlineMs: 1_000, maxEntries: 1_000, staleWhileRevalidateSeconds: 60, maxStaleSeconds: 3600 };

let cloud: StubCloud;
let clients: Clients;
let cache: CachedFlavorDirectory;

beforeEach(async () => {
  const flavors = ids.map((id, index) => {
    return { id, name: id, ram: 1, vcpus: 1, disk: 1, is_public: false, projects: [index % 2 === 0 ? 'even' : 'odd'] };
  });
  cloud = await startStubCloud({ flavors });
  cloud.nova.add({ id: 'public', name: 'public', ram: 1, vcpus: 1, disk: 1 });
  clients = connect(cloud);
  cache = createCache(clients, BOUNDS);
  cloud.nova.isSlow(100, atAccess); // 120 lists, six at once: 2 s
});

afterEach(async () => {
  await cache.close();
  await cloud.close();
});

function lookUp(flavorIds: readonly string[], options: Partial<LookUpOptions> = {}) {
  return cache.lookUp(flavorIds, { ...aCall(), accept: 'the current', withAccess: true, ...options });
}

/** How many of the flavors one project sees. */
async function seenBy(project: string, flavorIds: readonly string[] = ids): Promise<number> {
  const { answers } = await lookUp(flavorIds);
  return [...answers.values()].filter((answer) => answer.status === 'found' && answer.access?.has(project)).length;
}

async function allAreLearned(): Promise<void> {
  cloud.nova.heals();
  await until(async () => (await seenBy('even')) === half);
}

const asked = () => cloud.nova.requests.filter(({ target }) => atAccess.path.test(target)).length;

describe('more access lists than Nova tells in the time of one reader', () => {
  it('are all learned by the reads of two projects at once, each list once', async () => {
    // Longer than a busy machine stops: a look-up that meets its deadline has its lists asked for again.
    cache = createCache(clients, { ...BOUNDS, deadlineMs: 4_000 });
    cloud.nova.heals();
    cloud.nova.isSlow(400, atAccess);
    expect(await Promise.all([seenBy('even'), seenBy('odd')])).not.toEqual([half, half]);
    await until(async () => (await Promise.all([seenBy('even'), seenBy('odd')])).join() === `${half},${half}`);

    expect(asked()).toBe(ids.length);
  });

  it('leave a look-up that is not good for another look', async () => {
    const { answers, goodUntil } = await lookUp(ids);

    expect([answers.size, goodUntil]).toEqual([ids.length, 0]);
  });

  it('do not hold up a registration, nor a read of public flavors', async () => {
    let isDone = false;
    const reading = lookUp(ids).finally(() => (isDone = true));
    await until(() => asked() > 10);
    const { answers } = await lookUp(['p-119'], { accept: 'the new', withAccess: false });
    await lookUp(['public']);

    expect([answers.get('p-119')?.status, isDone]).toEqual(['found', false]);
    await reading;
  });

  it('do not hold up a reader of few until they are all learned', async () => {
    cache = createCache(clients, { ...BOUNDS, deadlineMs: 20_000 });
    cloud.nova.heals();
    cloud.nova.isSlow(400, atAccess); // 8 s
    const reading = lookUp(ids);
    await until(() => asked() > 10);

    expect(await seenBy('odd', ['p-119'])).toBe(1);
    expect(asked()).toBeLessThan(ids.length);
    await reading;
  });

  it('are renewed behind the readers, so that what was granted shows and what was revoked does not', async () => {
    await allAreLearned();
    clients.clock.passes(30);
    cloud.nova.grant('p-119', 'even');
    cloud.nova.revokeAccess('p-000', 'even');

    expect(await seenBy('even', ['p-000', 'p-119'])).toBe(1); // as it was
    await until(async () => (await seenBy('even', ['p-119'])) === 1 && (await seenBy('even', ['p-000'])) === 0);
    expect(await seenBy('even')).toBe(half);
  });

  it('have to do with older ones when they are too old and not yet renewed', async () => {
    await allAreLearned();
    clients.clock.passes(100);
    cloud.nova.isSlow(100, atAccess);

    expect(await seenBy('even')).toBe(half);
  });

  it('of one flavor that changes while they are learned go with what it has become', async () => {
    const reading = lookUp(ids);
    await until(() => asked() > 10);
    cloud.nova.remove('p-000');
    cloud.nova.add({ id: 'p-000', name: 'other', ram: 9, vcpus: 1, disk: 1, is_public: false, projects: ['odd'] });
    await reading;
    await until(async () => (await seenBy('odd', ['p-000'])) === 1);

    expect(await seenBy('even', ['p-000'])).toBe(0);
  });
});
