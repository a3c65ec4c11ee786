import type { CachedFlavorDirectory } from '../../src/openstack/cached-flavor-directory';
import type { LookUpOptions } from '../../src/registrations/flavor-directory';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, connect, createCache, type Clients } from './support/clients';

let cloud: StubCloud;
let clients: Clients;
let cache: CachedFlavorDirectory;

/** In the order of Nova's list: what goes by, what is asked for, what goes by. */
const ids = (form: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${form}-${String(index).padStart(3, '0')}`);
const before = ids('before', 50);
const many = ids('many', 81);
const zLast = 'z-last';

beforeEach(async () => {
  const flavors = [...before, ...many, 'x-public', zLast].map((id) => ({ id, name: id, ram: 1, vcpus: 1, disk: 1 }));
  cloud = await startStubCloud({ flavors });
  addPrivate('private', {});
  addPrivate('retired', { is_disabled: true });
  clients = connect(cloud);
  cache = createCache(clients, { maxEntries: 1_000 });
});

afterEach(async () => {
  await cloud.close();
});

function addPrivate(id: string, more: { is_disabled?: boolean }): void {
  cloud.nova.add({ id, name: id, ram: 1, vcpus: 1, disk: 1, is_public: false, projects: ['demo'], ...more });
}

function lookUp(
  flavorIds: readonly string[],
  { withAccess = false, accept = 'the current' }: Partial<LookUpOptions> = {},
) {
  return cache.lookUp(flavorIds, { ...aCall(), accept, withAccess });
}

/** What Nova is asked for the sake of some ids. */
async function targetsFor(flavorIds: readonly string[], options: { withAccess?: boolean } = {}): Promise<string[]> {
  cloud.nova.resetRequests();
  await lookUp(flavorIds, options);
  return cloud.nova.requests.map(({ target }) => target.replace('/v2.1/flavors/', ''));
}

/** Those of the ids that are known without a request. */
async function knownOf(flavorIds: readonly string[]): Promise<string[]> {
  const known: string[] = [];
  for (const id of flavorIds) if ((await targetsFor([id])).length === 0) known.push(id);
  return known;
}

describe('what went by in a walk', () => {
  it.each([
    ['a public flavor', 'x-public'],
    ['a disabled private one, whose access nobody needs to know', 'retired'],
  ])('is remembered: %s', async (_, id) => {
    await lookUp(many);

    expect(await targetsFor([id], { withAccess: true })).toEqual([]);
    expect((await lookUp([id])).answers.get(id)).toMatchObject({ status: 'found', flavor: { id, ram: 1 } });
  });

  it('is not known to be missing', async () => {
    await lookUp(many);

    expect(await targetsFor(['nowhere'])).toEqual(['nowhere']);
  });

  it('is remembered of a private flavor without who may use it: that was not asked', async () => {
    await lookUp(many, { withAccess: true });

    expect(await targetsFor(['private'], { withAccess: true })).toEqual(['private/os-flavor-access', 'private']);
  });

  it('does not make a private flavor whose access is known lose it', async () => {
    await lookUp(['private'], { withAccess: true });
    await lookUp(many, { accept: 'the new' });

    expect(await targetsFor(['private'], { withAccess: true })).toEqual([]);
  });

  it('is as old as the walk', async () => {
    await lookUp(many);
    clients.clock.passes(29.999);
    expect(await targetsFor(['x-public'])).toEqual([]);
    clients.clock.passes(0.001);

    expect(await targetsFor(['x-public'])).toEqual(['x-public']);
  });

  it('makes what is known of it younger, and another when Nova says something else', async () => {
    const first = await lookUp(['x-public', zLast]);
    const { revision } = cache;
    clients.clock.passes(20);
    cloud.nova.change(zLast, { ram: 2 });
    await lookUp(many);
    clients.clock.passes(20);
    expect(await targetsFor(['x-public', zLast])).toEqual([]);
    const second = await lookUp(['x-public', zLast]);

    expect(second.answers.get('x-public')).toBe(first.answers.get('x-public'));
    expect(second.answers.get(zLast)).toMatchObject({ flavor: { ram: 2 } });
    expect(cache.revision).not.toBe(revision);
  });
});

describe('what went by, where there is little room,', () => {
  it('is not remembered when there is none', async () => {
    cache = createCache(clients, { maxEntries: many.length });
    await lookUp(many);

    expect(await knownOf(many)).toEqual(many);
    expect(await targetsFor(['x-public'])).toEqual(['x-public']);
  });

  it('throws nothing out that was asked for in the same walk', async () => {
    cache = createCache(clients, { maxEntries: many.length + 10 });
    await lookUp(many);

    expect(await knownOf(many)).toEqual(many);
  });

  it('throws nothing out that was asked for earlier', async () => {
    cache = createCache(clients, { maxEntries: many.length + 2 });
    await lookUp(['nowhere', zLast]);
    await lookUp(many);

    expect(await knownOf(['nowhere', zLast, ...many])).toEqual(['nowhere', zLast, ...many]);
  });
});
