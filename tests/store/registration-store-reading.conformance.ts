import type { RegistrationStore } from '../../src/registrations/registration-store';
import { documentOf, flavor, flavors, listOf, MANY, numbered, provenance, registered } from './examples';
import type { RegistryUnderTest } from './registration-store.conformance';

/** How every engine behind RegistrationStore has to read. */
export function itReadsRegistrations(createRegistry: () => Promise<RegistryUnderTest>): void {
  let registry: RegistryUnderTest;
  let store: RegistrationStore;
  beforeEach(async () => {
    registry = await createRegistry();
    store = await registry.openStore();
  });
  afterEach(() => registry.dispose());

  describe('find', () => {
    it('finds each flavor once, with those of the asked types it is registered for', async () => {
      await store.register(['redis', 'mysql', 'kafka'], flavors('b', 'a'), provenance());
      await store.register(['mysql'], flavors('B', '10'), provenance());
      await store.register(['kafka'], flavors('only-kafka'), provenance());
      expect(await listOf(store.find(['redis', 'mysql', 'unknown']))).toEqual([
        registered('10', ['mysql']),
        registered('B', ['mysql']),
        registered('a', ['mysql', 'redis']),
        registered('b', ['mysql', 'redis']),
      ]);
      expect(await listOf(store.find(['redis', 'mysql'], ['b', '10', 'only-kafka', 'unknown']))).toEqual([
        registered('10', ['mysql']),
        registered('b', ['mysql', 'redis']),
      ]);
    });

    it('finds nothing for types that nothing is registered for', async () => {
      await store.register(['redis'], flavors('1'), provenance());
      expect(await listOf(store.find(['REDIS', 'redi', 'redis.', '%']))).toEqual([]);
      expect(await listOf(store.find([]))).toEqual([]);
    });

    it('tells what was accepted of a flavor last, whichever type it was registered for', async () => {
      await store.register(['redis'], [flavor('1')], provenance());
      const larger = flavor('1', { name: 'larger', ram: 2 ** 31, isPublic: false });
      await store.register(['mysql'], [larger], provenance());
      expect(await listOf(store.find(['redis']))).toEqual([
        { flavorId: '1', serviceTypes: ['redis'], accepted: larger },
      ]);
    });
  });

  describe('findAccepted', () => {
    it('finds so many flavors after an id in byte order, or all', async () => {
      await store.register(['redis', 'mysql'], flavors('b', 'a', 'B', '10', '9'), provenance());
      expect(await listOf(store.findAccepted({ limit: 2 }))).toEqual(flavors('10', '9'));
      expect(await listOf(store.findAccepted({ after: '9', limit: 2 }))).toEqual(flavors('B', 'a'));
      expect(await listOf(store.findAccepted({ after: '9' }))).toEqual(flavors('B', 'a', 'b'));
      expect(await listOf(store.findAccepted({ after: 'b' }))).toEqual([]);
    });

    it('goes on after an id that is not registered, and takes only the ids that are given', async () => {
      await store.register(['redis'], flavors('1', '2', '3', '4'), provenance());
      expect(await listOf(store.findAccepted({ after: '25' }))).toEqual(flavors('3', '4'));
      expect(
        await listOf(store.findAccepted({ after: '1', limit: 2, flavorIds: ['4', '1', 'none', '3', '2'] })),
      ).toEqual(flavors('2', '3'));
    });
  });

  describe('findTypesOf', () => {
    it('finds all types of each flavor, in the order in which they are named', async () => {
      await store.register(['redis', 'mysql'], flavors('b', 'a'), provenance());
      await store.register(['kafka'], flavors('a', 'c'), provenance());
      expect(await listOf(store.findTypesOf(['b', 'none', 'a']))).toEqual([
        { flavorId: 'b', serviceTypes: ['mysql', 'redis'] },
        { flavorId: 'a', serviceTypes: ['kafka', 'mysql', 'redis'] },
      ]);
      expect(await listOf(store.findTypesOf([]))).toEqual([]);
    });

    it('finds a flavor whole that has more types than one piece holds', async () => {
      const types = numbered('type-', 5000);
      for (let from = 0; from < types.length; from += 1000) {
        await store.register(types.slice(from, from + 1000), flavors('a', 'b'), provenance());
      }
      await store.register(['redis'], flavors('c'), provenance());
      const found = await listOf(store.findTypesOf(['a', 'none', 'c', 'b']));
      expect(found.map(({ flavorId, serviceTypes }) => [flavorId, serviceTypes.length])).toEqual([
        ['a', 5000],
        ['c', 1],
        ['b', 5000],
      ]);
      expect(found[2]?.serviceTypes).toEqual([...types].sort());
    });
  });

  describe('a list that is longer than one piece', () => {
    const LISTS = {
      find: () => store.find(MANY.types),
      'find, of some ids': () => store.find(MANY.types, [...MANY.ids].reverse()),
      findTypesOf: () => store.findTypesOf(MANY.ids),
      findAll: () => store.findAll(),
    };
    beforeEach(() => store.register(MANY.types, flavors(...MANY.ids), provenance()));

    it.each(Object.keys(LISTS) as (keyof typeof LISTS)[])(
      '%s: comes in several pieces, whole and in order',
      async (name) => {
        const sizes: number[] = [];
        for await (const piece of LISTS[name]() as AsyncIterable<readonly unknown[]>) sizes.push(piece.length);
        expect(sizes.length).toBeGreaterThan(1);
        const everywhere = MANY.ids.map((id) => registered(id, MANY.types));
        if (name === 'findTypesOf') {
          expect(await listOf(store.findTypesOf(MANY.ids))).toEqual(
            everywhere.map(({ flavorId, serviceTypes }) => ({ flavorId, serviceTypes })),
          );
        } else if (name === 'findAll')
          expect(await documentOf(store)).toEqual(Object.fromEntries(MANY.types.map((type) => [type, MANY.ids])));
        else expect(await listOf(LISTS[name]())).toEqual(everywhere);
      },
    );

    it.each(Object.keys(LISTS) as (keyof typeof LISTS)[])(
      '%s: is of one moment, whoever writes meanwhile',
      async (name) => {
        const other = await registry.openStore();
        const before = JSON.stringify(await listOf(LISTS[name]() as AsyncIterable<readonly unknown[]>));
        const seen: unknown[] = [];
        for await (const piece of LISTS[name]() as AsyncIterable<readonly unknown[]>) {
          if (seen.length === 0) {
            await other.deregister(MANY.types, MANY.ids.slice(50), provenance());
            await store.register(['another'], flavors('zzz', ...MANY.ids), provenance());
          }
          seen.push(...piece);
        }
        expect(JSON.stringify(seen)).toBe(before);
        expect(await listOf(store.findTypesOf(['zzz', 'id-099']))).toEqual([
          { flavorId: 'zzz', serviceTypes: ['another'] },
          { flavorId: 'id-099', serviceTypes: ['another'] },
        ]);
      },
    );

    it('can be left early, and read anew by many at once', async () => {
      for (let round = 0; round < 20; round += 1) {
        for await (const piece of store.find(MANY.types)) {
          expect(piece[0]?.flavorId).toBe('id-000');
          break;
        }
      }
      const lists = await Promise.all(Array.from({ length: 5 }, () => listOf(store.find(MANY.types))));
      expect(lists.map((list) => list.length)).toEqual(Array<number>(5).fill(100));
    });

    it('ends with an error when the store is closed meanwhile', async () => {
      const read = async (): Promise<void> => {
        for await (const piece of store.find(MANY.types)) if (piece.length > 0) await store.close();
      };
      await expect(read()).rejects.toMatchObject({ kind: 'unavailable' });
    });
  });

  describe('service types', () => {
    it('are those in use, with how many flavors they have and when that last changed', async () => {
      const before = Date.now();
      await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
      await store.register(['redis', 'kafka'], flavors('2', '3'), provenance());
      await store.deregister(['redis', 'mysql'], ['1'], provenance());
      await store.deregister(['kafka'], ['2', '3'], provenance());
      const inUse = await listOf(store.findServiceTypes());

      expect(inUse.map(({ serviceType, flavorCount }) => [serviceType, flavorCount])).toEqual([
        ['mysql', 1],
        ['redis', 2],
      ]);
      for (const { changedAt } of inUse) {
        expect(changedAt).toBeGreaterThanOrEqual(before);
        expect(changedAt).toBeLessThanOrEqual(Date.now());
      }
    });

    it('have another time of change only when something was registered or deregistered', async () => {
      await store.register(['redis', 'mysql'], flavors('1'), provenance());
      const first = await listOf(store.findServiceTypes());
      await new Promise((resolve) => setTimeout(resolve, 5));
      await store.register(['redis', 'mysql'], flavors('1'), provenance());
      await store.deregister(['redis', 'mysql'], ['2'], provenance());
      expect(await listOf(store.findServiceTypes())).toEqual(first);
      await store.register(['redis'], flavors('2'), provenance());
      const [mysql, redis] = await listOf(store.findServiceTypes());

      expect(mysql).toEqual(first[0]);
      expect(redis?.changedAt).toBeGreaterThan(first[1]?.changedAt ?? Infinity);
    });
  });
}
