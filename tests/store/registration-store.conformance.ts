import fc from 'fast-check';
import type { AcceptedFlavor } from '../../src/registrations/flavor';
import { inByteOrder, type Provenance, type Registration } from '../../src/registrations/registration';
import type { RegistrationEvents } from '../../src/registrations/registration-events';
import type { RegistrationStore } from '../../src/registrations/registration-store';
import { flavor, flavors, listOf, numbered, pairs, provenance, registered } from './examples';
import { ModelOfRegistrations } from './model-of-registrations';

/** One registry of the engine under test, empty at first. */
export interface RegistryUnderTest {
  /** Another store on the same registry, as another process would have it. */
  openStore(): Promise<RegistrationStore>;
  /** What is remembered of the writes of all stores. */
  openEvents(): Promise<RegistrationEvents>;
  /** All that stands, read past the store, in byte order. */
  standing(): { registrations: (Registration & Provenance)[]; accepted: (AcceptedFlavor & { acceptedAt: number })[] };
  /** Closes what was opened and removes the registry. */
  dispose(): Promise<void>;
}

/** What every engine behind RegistrationStore has to do. */
export function itIsARegistrationStore(createRegistry: () => Promise<RegistryUnderTest>): void {
  let registry: RegistryUnderTest;
  let store: RegistrationStore;
  beforeEach(async () => {
    registry = await createRegistry();
    store = await registry.openStore();
  });
  afterEach(() => registry.dispose());

  describe('revision', () => {
    it('is another one after each change, whoever made it, and the same while nothing is written', async () => {
      const other = await registry.openStore();
      const seen = [store.revision(), store.revision()];
      await store.register(['redis'], flavors('1'), provenance());
      seen.push(store.revision(), store.revision());
      await other.register(['mysql'], flavors('1'), provenance());
      seen.push(store.revision(), store.revision());
      await other.deregister(['mysql'], ['1'], provenance());
      await store.deregister(['redis'], ['1'], provenance());
      seen.push(store.revision(), store.revision());

      const numbers = [...new Set(seen)];
      expect(numbers).toHaveLength(4);
      expect(seen).toEqual(numbers.flatMap((number) => [number, number]));
    });

    it('is not of reading', async () => {
      await store.register(['redis'], flavors('1'), provenance());
      const before = store.revision();
      await listOf(store.find(['redis']));

      expect(store.revision()).toBe(before);
    });
  });

  describe('register', () => {
    it('answers all pairs as registered, by type and id in byte order', async () => {
      const outcome = await store.register(['redis', 'mysql'], flavors('b', 'a', 'B', '10', '9'), provenance());
      expect(outcome).toEqual({
        registered: pairs(
          ...['mysql 10', 'mysql 9', 'mysql B', 'mysql a', 'mysql b'],
          ...['redis 10', 'redis 9', 'redis B', 'redis a', 'redis b'],
        ),
        alreadyRegistered: [],
      });
    });

    it('tells the new pairs from those that stand already', async () => {
      await store.register(['redis'], flavors('2', '1'), provenance());
      expect(await store.register(['redis', 'mysql'], flavors('3', '2', '1'), provenance())).toEqual({
        registered: pairs('mysql 1', 'mysql 2', 'mysql 3', 'redis 3'),
        alreadyRegistered: pairs('redis 1', 'redis 2'),
      });
      expect(await store.register(['mysql'], flavors('1', '2'), provenance())).toEqual({
        registered: [],
        alreadyRegistered: pairs('mysql 1', 'mysql 2'),
      });
    });

    it('keeps who registered a pair first, when and with which request', async () => {
      const first = provenance({ globalRequestId: 'req-global', at: 1000 });
      await store.register(['redis'], flavors('1'), first);
      const second = provenance({ userId: 'other', projectId: 'other', requestId: 'req-2', at: 2000 });
      await store.register(['mysql', 'redis'], flavors('1'), second);
      expect(registry.standing().registrations).toEqual([
        { serviceType: 'mysql', flavorId: '1', ...second },
        { serviceType: 'redis', flavorId: '1', ...first },
      ]);
    });

    it('replaces what was accepted of a flavor, also when all pairs stand already', async () => {
      await store.register(['redis'], [flavor('1', { name: 'old' }), flavor('2')], provenance({ at: 1000 }));
      const changed = { name: 'ß "new"; --', ram: 2 ** 31, vcpus: 3, disk: 4, ephemeral: 5, swap: 6, isPublic: false };
      await store.register(['redis'], [flavor('1', changed)], provenance({ at: 2000 }));
      expect(registry.standing().accepted).toEqual([
        { id: '1', ...changed, acceptedAt: 2000 },
        { ...flavor('2'), acceptedAt: 1000 },
      ]);
    });

    it.each([
      [100, 100],
      [10, 1000],
    ])('takes %d types with %d flavors', async (typeCount, idCount) => {
      const types = numbered('type-', typeCount);
      const ids = numbered('id-', idCount);
      const all = types.flatMap((serviceType) => ids.map((flavorId) => ({ serviceType, flavorId })));
      expect(await store.register(types, flavors(...ids), provenance())).toEqual({
        registered: all,
        alreadyRegistered: [],
      });
      expect(await listOf(store.find(types))).toEqual(ids.map((flavorId) => registered(flavorId, types)));
      expect(await store.deregister(types, ids, provenance())).toEqual({ deregistered: all, notRegistered: [] });
      expect(registry.standing()).toEqual({ registrations: [], accepted: [] });
    });
  });

  describe('ids', () => {
    const ALIKE = ['007', '7', '7.0', '07', '1000', '1e3', 'Case', 'case'];

    it.each(ALIKE)('takes %p for itself only', async (id) => {
      await store.register(['redis'], flavors(...ALIKE.filter((other) => other !== id)), provenance());
      expect(await store.deregister(['redis'], [id], provenance())).toEqual({
        deregistered: [],
        notRegistered: pairs(`redis ${id}`),
      });
      const outcome = await store.register(['redis'], flavors(id), provenance());
      expect(outcome.registered).toEqual(pairs(`redis ${id}`));
    });

    it.each(['__proto__', 'constructor', 'toString', 'detail', 'null', 'true', '-1', 'a  b c', 'x'.repeat(255)])(
      'treats %p as any other, as a type too',
      async (id) => {
        const rows = [registered(id, ['redis', id].sort(inByteOrder))];
        await store.register(['redis', id], flavors(id), provenance());
        const { alreadyRegistered } = await store.register([id], flavors(id), provenance());
        expect(alreadyRegistered).toEqual([{ serviceType: id, flavorId: id }]);
        expect(await listOf(store.find([id, 'redis']))).toEqual(rows);
        const { deregistered } = await store.deregister([id], [id], provenance());
        expect(deregistered).toEqual([{ serviceType: id, flavorId: id }]);
      },
    );
  });

  describe('deregister', () => {
    it('removes the pairs that stand and names those that do not', async () => {
      await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
      expect(await store.deregister(['redis', 'kafka'], ['3', '2'], provenance())).toEqual({
        deregistered: pairs('redis 2'),
        notRegistered: pairs('kafka 2', 'kafka 3', 'redis 3'),
      });
      expect(registry.standing().registrations).toMatchObject(pairs('mysql 1', 'mysql 2', 'redis 1'));
    });

    it('changes nothing when none of the pairs stands', async () => {
      await store.register(['redis'], flavors('1'), provenance());
      const before = registry.standing();
      expect(await store.deregister(['redis', 'mysql'], ['2', 'none'], provenance())).toEqual({
        deregistered: [],
        notRegistered: pairs('mysql 2', 'mysql none', 'redis 2', 'redis none'),
      });
      expect(registry.standing()).toEqual(before);
    });

    it('forgets a flavor with its last registration', async () => {
      await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
      const acceptedIds = () => registry.standing().accepted.map(({ id }) => id);
      await store.deregister(['redis'], ['1', '2'], provenance());
      expect(acceptedIds()).toEqual(['1', '2']);
      await store.deregister(['mysql'], ['2'], provenance());
      expect(acceptedIds()).toEqual(['1']);
    });

    it('forgets who registered: the next registration is a new one', async () => {
      await store.register(['redis'], flavors('1'), provenance({ requestId: 'req-1' }));
      await store.deregister(['redis'], ['1'], provenance());
      const { registered } = await store.register(['redis'], flavors('1'), provenance({ requestId: 'req-2' }));
      expect(registered).toEqual(pairs('redis 1'));
      expect(registry.standing().registrations).toMatchObject([{ requestId: 'req-2' }]);
    });
  });

  describe('several stores on one registry', () => {
    it('see the writes of each other at once', async () => {
      const other = await registry.openStore();
      await store.register(['redis'], flavors('1', '2'), provenance());
      expect(await listOf(other.find(['redis']))).toHaveLength(2);
      await other.deregister(['redis'], ['1'], provenance());
      expect(await listOf(store.find(['redis']))).toEqual([registered('2', ['redis'])]);
      expect((await store.register(['redis'], flavors('1', '2'), provenance())).registered).toEqual(pairs('redis 1'));
    });

    it('find all again after everything was closed', async () => {
      await store.register(['redis'], flavors('1'), provenance());
      await store.close();
      const reopened = await registry.openStore();
      expect(await listOf(reopened.find(['redis']))).toEqual([registered('1', ['redis'])]);
    });
  });

  describe('close', () => {
    it('refuses every call from then on, and says so', async () => {
      await store.close();
      const closed = { kind: 'unavailable', message: 'The registry is closed: this process is shutting down.' };
      await expect(store.register(['redis'], flavors('1'), provenance())).rejects.toMatchObject(closed);
      await expect(store.deregister(['redis'], ['1'], provenance())).rejects.toMatchObject(closed);
      await expect(listOf(store.find(['redis']))).rejects.toMatchObject(closed);
    });

    it('may be called twice', async () => {
      await store.close();
      await expect(store.close()).resolves.toBeUndefined();
    });
  });

  it('behaves as a plain set of pairs would, whatever is done in whatever order', async () => {
    const TYPES = ['a', 'b', 'c', 'constructor'];
    const IDS = ['1', '01', 'A', 'a', '__proto__', 'two words'];
    const some = (items: string[]) => fc.uniqueArray(fc.constantFrom(...items), { minLength: 1 });
    const step = fc.record({
      verb: fc.constantFrom('register' as const, 'deregister' as const, 'read' as const),
      limit: fc.integer({ min: 1, max: IDS.length + 1 }),
      types: some(TYPES),
      ids: some(IDS),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        await store.deregister(TYPES, IDS, provenance());
        const model = new ModelOfRegistrations();
        for (const { verb, types, ids, limit } of steps) {
          const preview = { isPreview: true };
          if (verb === 'register') {
            const before = [registry.standing(), store.revision()];
            const foretold = await store.register(types, flavors(...ids), provenance(), preview);
            expect([registry.standing(), store.revision()]).toEqual(before);
            const outcome = await store.register(types, flavors(...ids), provenance());
            expect(outcome).toEqual(foretold);
            expect([outcome.registered, outcome.alreadyRegistered]).toEqual(model.add(types, ids));
          } else if (verb === 'deregister') {
            const foretold = await store.deregister(types, ids, provenance(), preview);
            const outcome = await store.deregister(types, ids, provenance());
            expect(outcome).toEqual(foretold);
            const { deregistered, notRegistered } = outcome;
            expect([notRegistered, deregistered]).toEqual(model.remove(types, ids));
          } else {
            expect(await listOf(store.find(types))).toEqual(model.find(types));
            const [after = ''] = ids;
            expect(await listOf(store.findAccepted({ after, limit }))).toEqual(model.findAccepted(after, limit));
            expect(await listOf(store.findAccepted({ after, flavorIds: ids }))).toEqual(
              model.findAccepted(after, 100, ids),
            );
            expect(await listOf(store.findTypesOf(ids))).toEqual(model.findTypesOf(ids));
            expect(await listOf(store.find(types, ids))).toEqual(model.find(types, ids));
            expect(await store.countPairs(types)).toBe(model.countPairs(types));
          }
        }
        const inUse = await listOf(store.findServiceTypes());
        expect(inUse.map(({ serviceType, flavorCount }) => [serviceType, flavorCount])).toEqual(model.serviceTypes());
        const accepted = model.find(TYPES).map(({ flavorId }) => flavorId);
        expect(registry.standing().accepted.map(({ id }) => id)).toEqual(accepted);
        expect((await listOf(store.findAccepted({}))).map(({ id }) => id)).toEqual(accepted);
      }),
    );
  });
}
