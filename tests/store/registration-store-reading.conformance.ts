import type { RegistrationStore } from '../../src/registrations/registration-store';
import { flavor, flavors, numbered, provenance, registered } from './examples';
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
      expect(await store.find(['redis', 'mysql', 'unknown'])).toEqual([
        registered('10', ['mysql']),
        registered('B', ['mysql']),
        registered('a', ['mysql', 'redis']),
        registered('b', ['mysql', 'redis']),
      ]);
      expect(await store.find(['redis', 'mysql'], ['b', '10', 'only-kafka', 'unknown'])).toEqual([
        registered('10', ['mysql']),
        registered('b', ['mysql', 'redis']),
      ]);
    });

    it('finds nothing for types that nothing is registered for', async () => {
      await store.register(['redis'], flavors('1'), provenance());
      expect(await store.find(['REDIS', 'redi', 'redis.', '%'])).toEqual([]);
      expect(await store.find([])).toEqual([]);
    });

    it('tells what was accepted of a flavor last, whichever type it was registered for', async () => {
      await store.register(['redis'], [flavor('1')], provenance());
      const larger = flavor('1', { name: 'larger', ram: 2 ** 31, isPublic: false });
      await store.register(['mysql'], [larger], provenance());
      expect(await store.find(['redis'])).toEqual([{ flavorId: '1', serviceTypes: ['redis'], accepted: larger }]);
    });
  });

  describe('findAccepted', () => {
    it('finds so many flavors after an id in byte order, or all', async () => {
      await store.register(['redis', 'mysql'], flavors('b', 'a', 'B', '10', '9'), provenance());
      expect(await store.findAccepted({ limit: 2 })).toEqual(flavors('10', '9'));
      expect(await store.findAccepted({ after: '9', limit: 2 })).toEqual(flavors('B', 'a'));
      expect(await store.findAccepted({ after: '9' })).toEqual(flavors('B', 'a', 'b'));
      expect(await store.findAccepted({ after: 'b' })).toEqual([]);
    });

    it('goes on after an id that is not registered, and takes only the ids that are given', async () => {
      await store.register(['redis'], flavors('1', '2', '3', '4'), provenance());
      expect(await store.findAccepted({ after: '25' })).toEqual(flavors('3', '4'));
      expect(await store.findAccepted({ after: '1', limit: 2, flavorIds: ['4', '1', 'none', '3', '2'] })).toEqual(
        flavors('2', '3'),
      );
    });
  });

  describe('findFlavors', () => {
    it('finds flavors with all of their types', async () => {
      await store.register(['redis', 'mysql'], flavors('b', 'a'), provenance());
      await store.register(['kafka'], flavors('a', 'c'), provenance());
      expect(await store.findFlavors(['b', 'none', 'a'])).toEqual([
        registered('a', ['kafka', 'mysql', 'redis']),
        registered('b', ['mysql', 'redis']),
      ]);
      expect(await store.findFlavors([])).toEqual([]);
    });

    it('finds the first ones only, but whole ones and at least one, where they have very many types', async () => {
      const types = numbered('type-', 6000);
      for (let from = 0; from < types.length; from += 100) {
        const some = types.slice(from, from + 100);
        await store.register(some, flavors('a', 'b'), provenance());
        await store.register(
          some.map((type) => `x${type}`),
          flavors('b'),
          provenance(),
        );
      }
      await store.register(['redis'], flavors('c'), provenance());
      const counts = async (...ids: string[]) =>
        (await store.findFlavors(ids)).map(({ flavorId, serviceTypes }) => [flavorId, serviceTypes.length]);

      expect(await counts('a', 'b', 'c')).toEqual([['a', 6000]]);
      expect(await counts('b', 'c')).toEqual([['b', 12_000]]);
      expect(await counts('c')).toEqual([['c', 1]]);
    });
  });

  describe('service types', () => {
    it('are those in use, with how many flavors they have and when that last changed', async () => {
      const before = Date.now();
      await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
      await store.register(['redis', 'kafka'], flavors('2', '3'), provenance());
      await store.deregister(['redis', 'mysql'], ['1'], provenance());
      await store.deregister(['kafka'], ['2', '3'], provenance());
      const inUse = await store.findServiceTypes();

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
      const first = await store.findServiceTypes();
      await new Promise((resolve) => setTimeout(resolve, 5));
      await store.register(['redis', 'mysql'], flavors('1'), provenance());
      await store.deregister(['redis', 'mysql'], ['2'], provenance());
      expect(await store.findServiceTypes()).toEqual(first);
      await store.register(['redis'], flavors('2'), provenance());
      const [mysql, redis] = await store.findServiceTypes();

      expect(mysql).toEqual(first[0]);
      expect(redis?.changedAt).toBeGreaterThan(first[1]?.changedAt ?? Infinity);
    });

    it('are found by the flavors that are registered for them', async () => {
      await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
      await store.register(['kafka'], flavors('3'), provenance());
      expect(await store.findServiceTypesOf(['2', 'unknown'])).toEqual(['mysql', 'redis']);
      expect(await store.findServiceTypesOf(['3', '1'])).toEqual(['kafka', 'mysql', 'redis']);
      expect(await store.findServiceTypesOf([])).toEqual([]);
    });
  });
}
