import fc from 'fast-check';
import type { EventQuery, RegistrationEvent } from '../../src/registrations/registration-event';
import type { RegistrationEvents } from '../../src/registrations/registration-events';
import type { RegistrationStore } from '../../src/registrations/registration-store';
import { flavor, flavors, numbered, provenance, listOf } from './examples';
import type { RegistryUnderTest } from './registration-store.conformance';

const ALL: EventQuery = {
  ...{ serviceTypes: undefined, flavorIds: undefined, userId: undefined, since: undefined, until: undefined },
  ...{ before: undefined, limit: 100_000 },
};

/** What every engine has to remember of its writes. */
export function itRemembersEvents(createRegistry: () => Promise<RegistryUnderTest>): void {
  let registry: RegistryUnderTest;
  let store: RegistrationStore;
  let events: RegistrationEvents;
  beforeEach(async () => {
    registry = await createRegistry();
    store = await registry.openStore();
    events = await registry.openEvents();
  });
  afterEach(() => registry.dispose());

  const find = (query: Partial<EventQuery> = {}) => events.find({ ...ALL, ...query });
  const prune = async (before: number) => {
    let forgotten = 0;
    for await (const count of events.prune(before)) forgotten += count;
    return forgotten;
  };
  const inShort = (found: RegistrationEvent[]) =>
    found.map(({ action, serviceType, flavorId }) => `${action} ${serviceType} ${flavorId}`);

  describe('events', () => {
    it('tell of each pair what happened to it, who did it, when and with which request, newest first', async () => {
      const first = provenance({
        userId: 'u1',
        projectId: 'p1',
        requestId: 'req-a',
        globalRequestId: 'req-g',
        at: 5000,
      });
      const second = provenance({ userId: 'u2', projectId: 'p2', requestId: 'req-b', at: 4000 }); // a clock was set back
      await store.register(['redis', 'mysql'], flavors('1'), first);
      await store.deregister(['redis', 'kafka'], ['1', '2'], second);

      const found = await find();
      expect(found).toEqual([
        { id: found[0]?.id, action: 'deregistered', serviceType: 'redis', flavorId: '1', ...second },
        { id: found[1]?.id, action: 'registered', serviceType: 'redis', flavorId: '1', ...first },
        { id: found[2]?.id, action: 'registered', serviceType: 'mysql', flavorId: '1', ...first },
      ]);
      const ids = found.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    });

    it('are of changes only', async () => {
      await store.register(['redis'], flavors('1'), provenance());
      const before = await find();
      await store.register(['redis'], flavors('1'), provenance());
      await store.register(['redis'], [flavor('1', { name: 'another name', isPublic: false })], provenance());
      await store.deregister(['redis'], ['2'], provenance());

      expect(await find()).toEqual(before);
    });

    it('are not of previews', async () => {
      const before = await find();
      const preview = { isPreview: true };
      const { registered } = await store.register(['redis'], flavors('1'), provenance(), preview);
      expect([registered.length, await find(), await listOf(store.findServiceTypes())]).toEqual([1, before, []]);
      await store.register(['redis'], flavors('1'), provenance());
      expect((await store.deregister(['redis'], ['1'], provenance(), preview)).deregistered).toHaveLength(1);
      expect(inShort(await find())).toEqual(['registered redis 1']);
    });

    it('tell for which types another size was accepted, and not of types that are new', async () => {
      await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
      await store.register(['kafka', 'redis'], [flavor('1', { swap: 1 }), flavor('2')], provenance());

      expect(inShort(await find({ limit: 3 }))).toEqual([
        'registered kafka 2',
        'registered kafka 1',
        'size_accepted redis 1',
      ]);
      expect(inShort(await find({ flavorIds: ['1'] }))).toEqual([
        'registered kafka 1',
        'size_accepted redis 1',
        'size_accepted mysql 1',
        'registered redis 1',
        'registered mysql 1',
      ]);
    });

    it('are narrowed by type, flavor, user and time, and come page by page', async () => {
      for (const [at, userId] of [
        [1000, 'a'],
        [2000, 'b'],
        [3000, 'a'],
      ] as const) {
        await store.register(['redis', 'mysql'], flavors(`f${at}`), provenance({ at, userId }));
      }
      expect(inShort(await find({ serviceTypes: ['mysql', 'none'] }))).toEqual(
        ['f3000', 'f2000', 'f1000'].map((id) => `registered mysql ${id}`),
      );
      expect(inShort(await find({ flavorIds: ['f2000', 'f3000'], serviceTypes: ['redis'] }))).toHaveLength(2);
      expect(inShort(await find({ userId: 'b' }))).toHaveLength(2);
      expect(inShort(await find({ since: 2000 }))).toHaveLength(4);
      expect(inShort(await find({ until: 2000 }))).toHaveLength(2);
      expect(inShort(await find({ since: 2000, until: 3000, userId: 'a' }))).toEqual([]);

      const all = await find();
      const pages: RegistrationEvent[][] = [];
      for (let page = await find({ limit: 4 }); page.length > 0;) {
        pages.push(page);
        page = await find({ limit: 4, before: page.at(-1)?.id });
      }
      expect(pages.map((page) => page.length)).toEqual([4, 2]);
      expect(pages.flat()).toEqual(all);
    });

    it('are found however many others lie between', async () => {
      await store.register(['redis'], flavors('needle'), provenance());
      const ids = numbered('id-', 1000);
      const types = numbered('t', 10);
      for (let round = 0; round < 3; round += 1) {
        await store.register(types, flavors(...ids), provenance());
        await store.deregister(types, ids, provenance());
      }
      expect(inShort(await find({ flavorIds: ['needle'] }))).toEqual(['registered redis needle']);
      expect(await find({ flavorIds: ['unknown'] })).toEqual([]);
      expect(await find({ limit: 100_000 })).toHaveLength(60_001);
    });

    it('add up to what stands, whatever was done in whatever order', async () => {
      const some = (items: string[]) => fc.uniqueArray(fc.constantFrom(...items), { minLength: 1 });
      const TYPES = ['a', 'b', '__proto__'];
      const IDS = ['1', '2', 'A', 'constructor'];
      const step = fc.record({
        adds: fc.boolean(),
        types: some(TYPES),
        ids: some(IDS),
        ram: fc.integer({ min: 1, max: 2 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 20 }), async (steps) => {
          for (const { adds, types, ids, ram } of steps) {
            const sized = ids.map((id) => flavor(id, { ram }));
            await (adds ? store.register(types, sized, provenance()) : store.deregister(types, ids, provenance()));
          }
          const standing = new Set<string>();
          for (const { action, serviceType, flavorId } of (await find()).reverse()) {
            const pair = `${serviceType} ${flavorId}`;
            expect([action, standing.has(pair)]).toEqual([action, action !== 'registered']);
            if (action === 'registered') standing.add(pair);
            if (action === 'deregistered') standing.delete(pair);
          }
          const inRegistry = registry.standing().registrations.map((each) => `${each.serviceType} ${each.flavorId}`);
          expect([...standing].sort()).toEqual(inRegistry.sort());
        }),
        { numRuns: 30 },
      );
    });
  });

  describe('pruning', () => {
    it('forgets what happened before a time, and nothing else', async () => {
      await store.register(['redis'], flavors('1', '2'), provenance({ at: 1000 }));
      await store.register(['redis'], flavors('3'), provenance({ at: 3000 }));
      await store.deregister(['redis'], ['1'], provenance({ at: 1500 })); // a clock was set back
      await store.register(['mysql'], flavors('4'), provenance({ at: 2000 }));
      const standing = registry.standing();

      expect(await prune(2000)).toBe(3);
      expect(inShort(await find())).toEqual(['registered mysql 4', 'registered redis 3']);
      expect(await prune(2000)).toBe(0);
      expect(registry.standing()).toEqual(standing);
    });

    it('may be left at any step, and begun again', async () => {
      const types = numbered('t', 10);
      const ids = numbered('id-', 200);
      await store.register(types, flavors(...ids), provenance({ at: 1 }));
      await store.register(['redis'], flavors('new'), provenance({ at: 100 }));
      await store.deregister(types, ids, provenance({ at: 2 }));
      let first = 0;
      for await (const count of events.prune(10)) {
        first += count;
        break;
      }
      expect(await find()).toHaveLength(4001 - first);
      expect([first > 0 && first < 4000, first + (await prune(10))]).toEqual([true, 4000]);
      expect(inShort(await find())).toEqual(['registered redis new']);
    });

    it('goes on in steps, and never gives an id again', async () => {
      const ids = numbered('id-', 1000);
      const types = numbered('t', 10);
      await store.register(types, flavors(...ids), provenance({ at: 1 }));
      await store.deregister(types, ids, provenance({ at: 2 }));
      await store.register(['redis'], flavors('1'), provenance({ at: 3 }));
      const [newest] = await find({ limit: 1 });
      expect(await prune(10)).toBe(20_001);
      expect(await find()).toEqual([]);
      await store.register(['redis'], flavors('2'), provenance({ at: 20 }));

      expect((await find())[0]?.id).toBeGreaterThan(newest?.id ?? Infinity);
    });
  });
}
