import type { CachedFlavorDirectory } from '../../src/openstack/cached-flavor-directory';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import type { LookUpOptions } from '../../src/registrations/flavor-directory';
import type { StubFlavor } from '../../src/stub/stub-flavors';
import { aCall, connect, createCache, type Clients } from './support/clients';
import { breakDescription, flavorRequestsAt, outcomeOf } from './support/expectations';
import { until } from '../support/until';

let cloud: StubCloud;
let clients: Clients;
let cache: CachedFlavorDirectory;

function plain(id: string, ram = 1): StubFlavor {
  return { id, name: id, ram, vcpus: 1, disk: 1 };
}

beforeEach(async () => {
  cloud = await startStubCloud({ flavors: ['a', 'b', 'c', 'd'].map((id) => plain(id)) });
  clients = connect(cloud);
  cache = createCache(clients);
});

afterEach(async () => {
  await cloud.close();
});

function lookUp(
  flavorIds: readonly string[],
  { accept = 'the current', signal = aCall().signal }: Partial<LookUpOptions> = {},
) {
  return cache.lookUp(flavorIds, { ...aCall(signal), accept, withAccess: false });
}

async function statusesOf(...flavorIds: string[]): Promise<string> {
  const { answers } = await lookUp(flavorIds);
  return flavorIds.map((id) => answers.get(id)?.status).join(' ');
}

async function ramOf(flavorId: string, options: Partial<LookUpOptions> = {}): Promise<number | undefined> {
  const answer = (await lookUp([flavorId], options)).answers.get(flavorId);
  return answer?.status === 'found' ? answer.flavor.ram : undefined;
}

const gets = () => flavorRequestsAt(cloud).gets;

describe('what Nova said', () => {
  it('is good for the time to live', async () => {
    const first = await lookUp(['a', 'b']);
    clients.clock.passes(29.999);

    expect((await lookUp(['b', 'a'])).answers).toEqual(first.answers);
    expect(gets()).toBe(2);
  });

  it('is asked again afterwards', async () => {
    await lookUp(['a']);
    clients.clock.passes(30);
    cloud.nova.change('a', { ram: 2 });

    expect([await ramOf('a'), gets()]).toEqual([2, 2]);
  });

  it('is remembered of what is missing, too', async () => {
    expect(await statusesOf('a', 'nowhere')).toBe('found missing');
    cloud.nova.add(plain('nowhere'));

    expect(await statusesOf('nowhere')).toBe('missing');
    clients.clock.passes(30);
    expect(await statusesOf('nowhere')).toBe('found');
  });

  it('is asked only of those that are not known', async () => {
    await lookUp(['a', 'b']);
    cloud.nova.resetRequests();
    await lookUp(['a', 'b', 'c']);

    expect(cloud.nova.requests.map(({ path }) => path)).toEqual(['/v2.1/flavors/c']);
  });

  it('is not remembered at all with a time to live of nothing', async () => {
    cache = createCache(clients, { ttlSeconds: 0 });
    await lookUp(['a']);
    await lookUp(['a']);

    expect(gets()).toBe(2);
  });

  it('is kept of so many flavors; the one not needed for the longest time goes first', async () => {
    cache = createCache(clients, { maxEntries: 2 });
    for (const id of ['a', 'b', 'a', 'c']) await lookUp([id]);
    cloud.nova.resetRequests();
    await lookUp(['c']);
    await lookUp(['a']);
    const known = gets();
    await lookUp(['b']);

    expect([known, gets()]).toEqual([0, 1]);
  });

  it('is given whole even when more is asked than is kept', async () => {
    cache = createCache(clients, { maxEntries: 2 });

    expect(await statusesOf('a', 'b', 'c', 'd', 'e')).toBe('found found found found missing');
  });

  it('keeps ids that are words of JavaScript apart from what an object has', async () => {
    expect(await statusesOf('__proto__', 'constructor')).toBe('missing missing');
  });
});

describe('look-ups at the same time', () => {
  beforeEach(() => {
    cloud.nova.isSlow(60, { path: /flavors\// });
  });

  it('that are equal ask each id once', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => lookUp(['a', 'b'])));

    expect(new Set(all.map(({ answers }) => JSON.stringify([...answers]))).size).toBe(1);
    expect(gets()).toBe(2);
  });

  it('that overlap ask each id once', async () => {
    const [first, second, third] = await Promise.all([lookUp(['a', 'b']), lookUp(['b', 'c']), lookUp(['c', 'a', 'd'])]);

    expect([first, second, third].map(({ answers }) => [...answers.keys()].sort().join(''))).toEqual([
      'ab',
      'bc',
      'acd',
    ]);
    expect(gets()).toBe(4);
  });

  it('do not end because the one who began has gone', async () => {
    const gone = new AbortController();
    const first = outcomeOf(lookUp(['a'], { signal: gone.signal }));
    const second = ramOf('a');
    await until(() => gets() === 1);
    gone.abort();

    expect([(await first).kind, await second, gets()]).toEqual(['upstream timed out', 1, 1]);
  });

  it('fail together where they wait for the same; nothing of it is remembered', async () => {
    cloud.nova.fails(403, { path: /flavors\/b$/, times: 1 });
    const outcomes = await Promise.all([outcomeOf(lookUp(['a', 'b'])), outcomeOf(lookUp(['b', 'c']))]);

    expect(outcomes.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable']);
    expect(await statusesOf('a', 'b', 'c')).toBe('found found found');
  });
});

describe('a fresh look-up', () => {
  it('asks Nova itself, and the cache learns from it', async () => {
    await lookUp(['a']);
    cloud.nova.change('a', { ram: 2 });

    expect([await ramOf('a'), await ramOf('a', { accept: 'the new' }), await ramOf('a'), gets()]).toEqual([1, 2, 2, 2]);
  });

  it('does not join one that is under way: that may have asked before', async () => {
    cloud.nova.isSlow(100, { path: /flavors\/a$/, times: 1 });
    const earlier = ramOf('a');
    await until(() => gets() === 1);
    cloud.nova.change('a', { ram: 2 });

    expect([await ramOf('a', { accept: 'the new' }), await earlier, gets()]).toEqual([2, 1, 2]);
  });

  it('is not undone by an older answer that comes later', async () => {
    cloud.nova.isSlow(100, { path: /flavors\/a$/, times: 1 });
    const earlier = ramOf('a');
    await until(() => gets() === 1);
    cloud.nova.change('a', { ram: 2 });
    clients.clock.passes(0.001);
    await ramOf('a', { accept: 'the new' });
    await earlier;

    expect([await ramOf('a'), gets()]).toEqual([2, 2]);
  });

  it('that fails forgets nothing', async () => {
    await lookUp(['a']);
    await cloud.nova.stops();

    expect((await outcomeOf(lookUp(['a'], { accept: 'the new' }))).code).toBe('registered-flavors.nova.unavailable');
    expect(await ramOf('a')).toBe(1);
  });
});

describe('a failure', () => {
  it('is not remembered', async () => {
    cloud.nova.fails(403, { path: /flavors\/a$/, times: 1 });

    expect((await outcomeOf(lookUp(['a']))).kind).toBe('unavailable');
    expect(await ramOf('a')).toBe(1);
  });

  it('is not covered up by an answer that is too old', async () => {
    await lookUp(['a']);
    clients.clock.passes(30);
    await cloud.nova.stops();

    expect((await outcomeOf(lookUp(['a']))).kind).toBe('unavailable');
  });

  it('of one id does not hurt who asks for others', async () => {
    cloud.nova.fails(500, { path: /flavors\/a$/ });
    const [bad, good] = await Promise.all([outcomeOf(lookUp(['a'])), statusesOf('b')]);

    expect([bad.kind, good]).toEqual(['upstream answered badly', 'found']);
  });

  it('of one id fails whoever asks for it among others; what was learned of those counts', async () => {
    breakDescription(cloud, 'a');

    expect((await outcomeOf(lookUp(['a', 'b']))).kind).toBe('upstream answered badly');
    cloud.nova.change('a', { ram: 1 });
    cloud.nova.resetRequests();
    expect([await statusesOf('a', 'b'), gets()]).toEqual(['found found', 1]);
  });
});

describe('what a look-up says of its own answers', () => {
  it('is until when they are good: as long as the oldest of them', async () => {
    const start = clients.clock.now();
    await lookUp(['a']);
    clients.clock.passes(10);

    expect((await lookUp(['b'])).goodUntil).toBe(start + 40_000);
    expect((await lookUp(['b', 'a', 'nowhere'])).goodUntil).toBe(start + 30_000);
    expect((await lookUp(['a'], { accept: 'the new' })).goodUntil).toBe(start + 40_000);
  });

  it('is why Nova was asked', async () => {
    const reasonFor = async (ids: string[]) => (await lookUp(ids)).askedFor;

    expect(await reasonFor(['a', 'b'])).toBe('the unknown');
    expect(await reasonFor(['a', 'b'])).toBe('nothing');
    clients.clock.passes(30);
    expect(await reasonFor(['a'])).toBe('the old');
    expect(await reasonFor(['b', 'c', 'a'])).toBe('the unknown');
    expect(await reasonFor([])).toBe('nothing');
  });
});

describe('an answer', () => {
  const answerOf = async (id: string, options = {}) => (await lookUp([id], options)).answers.get(id);

  it.each([
    ['found', 'for its age', 'a', () => clients.clock.passes(30), {}],
    ['missing', 'for its age', 'nowhere', () => clients.clock.passes(30), {}],
    ['found', 'for a registration', 'a', () => undefined, { accept: 'the new' }],
  ])('%s is the same one when Nova is asked again %s and says the same', async (_, _why, id, happens, options) => {
    cloud.nova.change('a', { extra_specs: { 'hw:cpu_policy': 'dedicated', __proto__: 'no' } });
    const first = await answerOf(id);
    const { revision } = cache;
    happens();
    const second = await answerOf(id, options);

    expect([second === first, cache.revision === revision, gets()]).toEqual([true, true, 2]);
  });

  it.each([
    ['its size', () => cloud.nova.change('a', { ram: 2 })],
    ['its extra specs', () => cloud.nova.change('a', { extra_specs: { one: '2' } })],
    ['its description', () => cloud.nova.change('a', { description: 'new' })],
    ['all of it', () => cloud.nova.remove('a')],
  ])('is another one once Nova has changed %s, and so is the revision', async (_, change) => {
    cloud.nova.change('a', { extra_specs: { one: '1' } });
    const [first, neighbour] = [await answerOf('a'), await answerOf('b')];
    const { revision } = cache;
    change();
    expect([(await answerOf('a')) === first, cache.revision]).toEqual([true, revision]);
    clients.clock.passes(30);
    const second = await answerOf('a');

    expect([second === first, cache.revision === revision]).toEqual([false, false]);
    expect([(await answerOf('a')) === second, (await answerOf('b')) === neighbour]).toEqual([true, true]);
  });

  it('that is replaced while its reader waits for others shows by the revision from before', async () => {
    await lookUp(['a']);
    cloud.nova.change('a', { ram: 2 });
    const { revision } = cache;
    const reader = lookUp(['a', 'b']);
    await lookUp(['a'], { accept: 'the new' });
    await reader;

    expect(cache.revision).not.toBe(revision);
  });

  it('of a flavor nobody knew yet changes no revision', async () => {
    const { revision } = cache;
    await lookUp(['a', 'nowhere']);

    expect(cache.revision).toBe(revision);
  });
});
