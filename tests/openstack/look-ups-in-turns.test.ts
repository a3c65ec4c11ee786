import { setImmediate } from 'node:timers/promises';
import type { CachedFlavorDirectory } from '../../src/openstack/cached-flavor-directory';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, connect, createCache } from './support/clients';

const ids = Array.from({ length: 5_000 }, (_, index) => `f-${String(index).padStart(5, '0')}`);

let cloud: StubCloud;
let cache: CachedFlavorDirectory;

beforeAll(async () => {
  cloud = await startStubCloud({ flavors: ids.map((id) => ({ id, name: id, ram: 1, vcpus: 1, disk: 1 })) });
});

beforeEach(() => {
  cache = createCache(connect(cloud), { maxEntries: 10_000, ttlSeconds: 3600 });
});

afterAll(async () => {
  await cloud.close();
});

/** How often a look-up let others have their turn. */
async function turnsOf(flavorIds: readonly string[], accept: 'the new' | 'the current' = 'the current') {
  let turns = 0;
  const nextTurn = async (): Promise<void> => {
    turns += 1;
    await setImmediate();
  };
  const { answers } = await cache.lookUp(flavorIds, { ...aCall(), accept, withAccess: true, nextTurn });
  return { turns, found: [...answers.values()].filter(({ status }) => status === 'found').length };
}

describe('a look-up of many ids', () => {
  it('lets others have their turn every fifty ids, whether Nova is asked or not', async () => {
    for (const accept of ['the new', 'the current'] as const) {
      const { turns, found } = await turnsOf(ids, accept);

      expect(found).toBe(ids.length);
      expect(turns).toBeGreaterThanOrEqual(ids.length / 50 - 1);
    }
  });

  it('of fifty at the most asks for no turn', async () => {
    await turnsOf(ids);

    expect(await turnsOf(ids.slice(0, 50))).toEqual({ turns: 0, found: 50 });
  });

  it('is whole, whatever becomes known in between', async () => {
    const looks = await Promise.all([turnsOf(ids, 'the new'), turnsOf(ids.toReversed()), turnsOf(ids, 'the new')]);

    expect(looks.map(({ found }) => found)).toEqual([ids.length, ids.length, ids.length]);
  });
});
