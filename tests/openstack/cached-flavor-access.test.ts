import type { CachedFlavorDirectory } from '../../src/openstack/cached-flavor-directory';
import type { LookUpOptions } from '../../src/registrations/flavor-directory';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, connect, createCache, type Clients } from './support/clients';
import { outcomeOf } from './support/expectations';
import { until } from '../support/until';

const atAccess = { path: /\/os-flavor-access$/ };

let cloud: StubCloud;
let clients: Clients;
let cache: CachedFlavorDirectory;

beforeEach(async () => {
  const flavors = ['a', 'b', 'c', 'd'].map((id) => {
    return { id, name: id, ram: 1, vcpus: 1, disk: 1, is_public: false, projects: [`of ${id}`] };
  });
  cloud = await startStubCloud({ flavors });
  clients = connect(cloud);
  cache = createCache(clients);
});

afterEach(async () => {
  await cloud.close();
});

async function access(flavorIds: readonly string[], { signal = aCall().signal } = {}) {
  const { answers } = await cache.lookUp(flavorIds, { ...aCall(signal), accept: 'the current', withAccess: true });
  return Object.fromEntries(
    [...answers].flatMap(([id, answer]) =>
      answer.status === 'found' && answer.access !== undefined ? [[id, [...answer.access].sort().join()]] : [],
    ),
  );
}

const asked = () => cloud.nova.requests.filter(({ target }) => target.search(atAccess.path) >= 0).length;

describe('remembered access', () => {
  it('is good for the time to live, and not longer', async () => {
    await access(['a', 'b']);
    cloud.nova.grant('a', 'new');
    clients.clock.passes(29.999);
    expect([await access(['b', 'a']), asked()]).toEqual([{ a: 'of a', b: 'of b' }, 2]);
    clients.clock.passes(0.001);

    expect([await access(['a']), asked()]).toEqual([{ a: 'new,of a' }, 3]);
  });

  it('ends for a project that lost it', async () => {
    await access(['a']);
    cloud.nova.revokeAccess('a', 'of a');
    clients.clock.passes(30);

    expect(await access(['a'])).toEqual({ a: '' });
  });

  it('is asked for only of those that are not known', async () => {
    await access(['a', 'b']);
    await access(['a', 'b', 'c']);

    expect(asked()).toBe(3);
  });

  it('is not remembered at all with a time to live of nothing', async () => {
    cache = createCache(clients, { ttlSeconds: 0 });
    await access(['a']);
    await access(['a']);

    expect(asked()).toBe(2);
  });

  it('is given whole even when more is asked for than is kept', async () => {
    cache = createCache(clients, { maxEntries: 1 });

    expect(await access(['a', 'b', 'c'])).toEqual({ a: 'of a', b: 'of b', c: 'of c' });
  });

  it('never goes with another flavor that had the same id', async () => {
    const look = async (options: { accept: LookUpOptions['accept']; withAccess: boolean }) => {
      const answer = (await cache.lookUp(['a'], { ...aCall(), ...options })).answers.get('a');
      if (answer?.status !== 'found') throw new Error('a is there');
      return { name: answer.flavor.name, projects: [...(answer.access ?? [])] };
    };
    const recreate = (name: string, projects: string[]) => {
      cloud.nova.remove('a');
      cloud.nova.add({ id: 'a', name, ram: 1, vcpus: 1, disk: 1, is_public: false, projects });
    };
    const registration = { accept: 'the new', withAccess: false } as const;
    const read = { accept: 'the current', withAccess: true } as const;

    recreate('first', ['demo']);
    await look({ accept: 'the current', withAccess: false }); // an admin's read
    expect(await look(registration)).toEqual({ name: 'first', projects: [] });
    recreate('second', []);
    expect(await look(read)).toEqual({ name: 'second', projects: [] });
    recreate('third', ['demo']);
    expect(await look(registration)).toEqual({ name: 'third', projects: [] }); // it waits for no access list
    expect(await look(read)).toEqual({ name: 'third', projects: ['demo'] });
    recreate('fourth', []);
    clients.clock.passes(29);
    expect(await look(read)).toEqual({ name: 'third', projects: ['demo'] });
    clients.clock.passes(1);
    expect(await look(read)).toEqual({ name: 'fourth', projects: [] });
  });
});

describe('access asked for at the same time', () => {
  it('is asked for once for each flavor', async () => {
    cloud.nova.isSlow(60, atAccess);
    const all = await Promise.all([access(['a', 'b']), access(['b', 'c']), access(['c', 'a', 'd'])]);

    expect(all.map((found) => Object.keys(found).sort().join(''))).toEqual(['ab', 'bc', 'acd']);
    expect(asked()).toBe(4);
  });

  it('does not end because the one who began has gone', async () => {
    cloud.nova.isSlow(60, atAccess);
    const gone = new AbortController();
    const first = outcomeOf(access(['a'], { signal: gone.signal }));
    const second = access(['a']);
    await until(() => asked() === 1);
    gone.abort();

    expect([(await first).kind, await second, asked()]).toEqual(['upstream timed out', { a: 'of a' }, 1]);
    expect(clients.lines).toEqual([]);
  });

  it('fails for all who wait for it, of that flavor only; the next one asks again', async () => {
    cloud.nova.isSlow(60, atAccess);
    cloud.nova.fails(403, { path: /\/b\/os-flavor-access$/, times: 1 });
    const both = await Promise.all([access(['a', 'b']), access(['b', 'c'])]);

    expect(both).toEqual([{ a: 'of a' }, { c: 'of c' }]);
    expect(await access(['a', 'b', 'c'])).toEqual({ a: 'of a', b: 'of b', c: 'of c' });
    expect(asked()).toBe(4);
  });
});

describe('access that could not be learned', () => {
  it('is not remembered as none', async () => {
    const undo = cloud.nova.fails(500, atAccess);
    const away = await access(['a']);
    undo();

    expect([away, await access(['a'])]).toEqual([{}, { a: 'of a' }]);
  });

  it('is not covered up by an answer that is too old', async () => {
    await access(['a', 'b']);
    clients.clock.passes(30);
    cloud.nova.fails(500, { path: /\/a\/os-flavor-access$/ });

    expect(await access(['a', 'b'])).toEqual({ b: 'of b' });
  });

  it('of a flavor that was public is asked for once what is remembered of it is too old', async () => {
    cloud.nova.change('a', { is_public: true });
    expect(await access(['a'])).toEqual({});
    cloud.nova.change('a', { is_public: false });
    clients.clock.passes(30);

    expect(await access(['a'])).toEqual({ a: 'of a' });
  });
});

describe('access that a reader has learned', () => {
  const look = (flavorIds: readonly string[], withAccess: boolean) =>
    cache.lookUp(flavorIds, { ...aCall(), accept: 'the current', withAccess });

  it('has an age of its own: an admin’s look-up makes only the flavor younger', async () => {
    await access(['a']);
    clients.clock.passes(20);
    await cache.lookUp(['a'], { ...aCall(), accept: 'the new', withAccess: false });
    cloud.nova.grant('a', 'new');
    clients.clock.passes(9.999);
    expect([await access(['a']), asked()]).toEqual([{ a: 'of a' }, 1]);
    clients.clock.passes(0.001);

    expect([await access(['a']), asked()]).toEqual([{ a: 'new,of a' }, 2]);
  });

  it('is given to an admin as well, as the same answer', async () => {
    const reader = await look(['a'], true);

    expect((await look(['a'], false)).answers.get('a')).toBe(reader.answers.get('a'));
  });

  it('and that is the same after its time makes the same answer, in whatever order Nova says it', async () => {
    cloud.nova.grant('a', 'another');
    const first = await look(['a'], true);
    const { revision } = cache;
    clients.clock.passes(30);
    cloud.nova.revokeAccess('a', 'of a');
    cloud.nova.grant('a', 'of a');

    expect((await look(['a'], true)).answers.get('a')).toBe(first.answers.get('a'));
    expect(cache.revision).toBe(revision);
  });

  it.each([
    ['was given', () => cloud.nova.grant('a', 'new')],
    ['was taken', () => cloud.nova.revokeAccess('a', 'of a')],
    ['went to another', () => cloud.nova.change('a', { projects: ['new'] })],
  ])('and that %s meanwhile makes another answer and another revision', async (_, change) => {
    const first = await look(['a'], true);
    const { revision } = cache;
    change();
    clients.clock.passes(30);

    expect((await look(['a'], true)).answers.get('a')).not.toBe(first.answers.get('a'));
    expect(cache.revision).not.toBe(revision);
  });

  it('is not lost to a registration, which does not ask for it', async () => {
    await access(['a']);
    const { revision } = cache;
    await cache.lookUp(['a'], { ...aCall(), accept: 'the new', withAccess: false });

    expect(cache.revision).toBe(revision);
    expect([await access(['a']), asked()]).toEqual([{ a: 'of a' }, 1]);
  });
});

describe('how long a look-up with access is good', () => {
  const goodFor = async (flavorIds: readonly string[], withAccess = true) => {
    const { goodUntil } = await cache.lookUp(flavorIds, { ...aCall(), accept: 'the current', withAccess });
    return goodUntil - clients.clock.now();
  };

  it('is the time to live when all is known', async () => {
    cloud.nova.change('c', { is_public: true });
    cloud.nova.change('d', { is_disabled: true });

    expect([await goodFor(['a', 'b', 'c', 'd', 'nowhere']), asked()]).toEqual([30_000, 2]);
  });

  it('is over already when one access list could not be learned, and only for who wants it', async () => {
    cloud.nova.fails(403, { path: /\/b\/os-flavor-access$/ });

    expect(await goodFor(['a', 'b'])).toBeLessThan(0);
    expect([await goodFor(['a']), await goodFor(['a', 'b'], false)]).toEqual([30_000, 30_000]);
  });

  it('is as for any other of a private flavor whose list no path can ask for: it is hidden', async () => {
    cloud.nova.add({ id: 'detail', name: 'd', ram: 1, vcpus: 1, disk: 1, is_public: false, projects: ['demo'] });

    expect([await goodFor(['detail']), await access(['detail'])]).toEqual([30_000, {}]);
  });
});
