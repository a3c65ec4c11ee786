import fc from 'fast-check';
import { differenceOf, type RegistrationDocument } from '../../src/registrations/registration-document';
import type { RegistrationEvents } from '../../src/registrations/registration-events';
import type { RegistrationStore, Rewrite, Snapshot } from '../../src/registrations/registration-store';
import { flavor, flavors, numbered, pairs, provenance } from './examples';
import type { RegistryUnderTest } from './registration-store.conformance';

/** How every engine behind RegistrationStore has to show everything, and to change it by decision. */
export function itRewritesRegistrations(createRegistry: () => Promise<RegistryUnderTest>): void {
  let registry: RegistryUnderTest;
  let store: RegistrationStore;
  let events: RegistrationEvents;
  beforeEach(async () => {
    registry = await createRegistry();
    store = await registry.openStore();
    events = await registry.openEvents();
  });
  afterEach(() => registry.dispose());

  /** Decides for a document, with a flavor for each id. */
  const towards = (document: Record<string, string[]>) => (standing: Snapshot) => {
    const difference = differenceOf(standing.registrations, new Map(Object.entries(document)));
    return { ...difference, flavors: flavors(...new Set(difference.registered.map(({ flavorId }) => flavorId))) };
  };
  const newest = (limit: number) =>
    events.find({
      ...{ serviceTypes: undefined, flavorIds: undefined, userId: undefined },
      ...{ since: undefined, until: undefined, before: undefined, limit },
    });
  const contents = async () => Object.fromEntries((await store.findAll()).registrations);
  const happened = async () =>
    (await newest(100)).map(({ action, serviceType, flavorId }) => `${action} ${serviceType} ${flavorId}`).reverse();

  describe('findAll', () => {
    it('finds each type with its ids, both in byte order', async () => {
      await store.register(['redis', '9', '10', 'constructor'], flavors('b', 'B', '10', '9'), provenance());
      const { registrations } = await store.findAll();
      expect([...registrations]).toEqual(
        ['10', '9', 'constructor', 'redis'].map((type) => [type, ['10', '9', 'B', 'b']]),
      );
    });

    it('has one digest for the same registrations, in any registry and by any way, and another one for others', async () => {
      const empty = await store.findAll();
      expect([...empty.registrations]).toEqual([]);
      await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
      const { digest } = await store.findAll();
      await store.register(['redis'], [flavor('1', { ram: 1 })], provenance({ userId: 'another', at: 1 }));
      expect((await store.findAll()).digest).toBe(digest);

      const other = await createRegistry();
      const elsewhere = await other.openStore();
      await elsewhere.register(['redis', 'kafka'], flavors('2', '1', '3'), provenance());
      await elsewhere.rewrite('everything', towards({ redis: ['1', '2'], mysql: ['1', '2'] }), provenance());
      expect((await elsewhere.findAll()).digest).toBe(digest);
      await other.dispose();

      const digests = [digest, empty.digest];
      for (const [type, id] of [
        ['redis', '3'],
        ['redis1', '2'],
        ['redis', '1","2'],
      ] as const) {
        await store.register([type], flavors(id), provenance());
        digests.push((await store.findAll()).digest);
      }
      expect(new Set(digests).size).toBe(5);
      for (const each of digests) expect(each).toMatch(/^[A-Za-z0-9_-]{43}$/);
    });
  });

  describe('rewrite', () => {
    it('shows everything, or what stands of some types, and changes what is decided', async () => {
      await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
      const shown: RegistrationDocument[] = [];
      const look = ({ registrations }: Snapshot): undefined => void shown.push(registrations);
      expect(await store.rewrite('everything', look, provenance())).toBeUndefined();
      expect(await store.rewrite(['redis', 'none'], look, provenance())).toBeUndefined();
      expect(shown.map((each) => Object.fromEntries(each))).toEqual([
        { mysql: ['1', '2'], redis: ['1', '2'] },
        { redis: ['1', '2'] },
      ]);

      const who = provenance({ userId: 'who', requestId: 'req-rewrite', globalRequestId: 'req-global', at: 7 });
      expect(await store.rewrite('everything', towards({ redis: ['2', '3'], kafka: ['1'] }), who)).toMatchObject({
        ...{
          registered: pairs('kafka 1', 'redis 3'),
          deregistered: pairs('mysql 1', 'mysql 2', 'redis 1'),
          unchanged: 1,
        },
      });
      expect(await contents()).toEqual({ kafka: ['1'], redis: ['2', '3'] });
      const { registrations, accepted } = registry.standing();
      expect(registrations.map(({ serviceType, flavorId, userId }) => [serviceType, flavorId, userId])).toEqual([
        ['kafka', '1', 'who'],
        ['redis', '2', 'a-user'],
        ['redis', '3', 'who'],
      ]);
      expect(accepted.map(({ id }) => id)).toEqual(['1', '2', '3']);
    });

    it('remembers what it has done, under one request', async () => {
      await store.register(['redis'], flavors('1', '2'), provenance());
      await store.rewrite(
        'everything',
        towards({ redis: ['2', '3'], kafka: ['1'] }),
        provenance({ requestId: 'req-2' }),
      );

      expect((await happened()).slice(2)).toEqual(['deregistered redis 1', 'registered kafka 1', 'registered redis 3']);
      const asked = (await newest(3)).map(({ requestId }) => requestId);
      expect(asked).toEqual(['req-2', 'req-2', 'req-2']);
    });

    it('accepts the flavors of what it adds, also in another size', async () => {
      await store.register(['redis'], flavors('1', '2'), provenance());
      const larger = flavor('1', { ram: 2 ** 20 });
      const change = { registered: pairs('mysql 1'), deregistered: pairs('redis 2'), flavors: [larger] };
      expect(await store.rewrite('everything', () => change, provenance())).toEqual(change);

      expect((await store.find(['redis'])).map(({ accepted }) => accepted)).toEqual([larger]);
      expect(registry.standing().accepted.map(({ id }) => id)).toEqual(['1']);
      expect((await happened()).slice(2)).toEqual([
        'size_accepted redis 1',
        'deregistered redis 2',
        'registered mysql 1',
      ]);
    });

    it('accepts no size of a pair that it takes away, and forgets no flavor that only moves', async () => {
      await store.register(['redis', 'mysql'], flavors('1'), provenance({ at: 1 }));
      const larger = flavor('1', { ram: 2 ** 20 });
      const moved = { registered: pairs('kafka 1'), deregistered: pairs('redis 1'), flavors: [larger] };
      await store.rewrite('everything', () => moved, provenance({ at: 2 }));
      expect((await happened()).slice(2)).toEqual([
        'size_accepted mysql 1',
        'deregistered redis 1',
        'registered kafka 1',
      ]);
      const all = { registered: pairs('vertica 1'), deregistered: pairs('kafka 1', 'mysql 1'), flavors: [larger] };
      await store.rewrite('everything', () => all, provenance({ at: 3 }));
      expect((await happened()).slice(5)).toEqual([
        'deregistered kafka 1',
        'deregistered mysql 1',
        'registered vertica 1',
      ]);
      expect(registry.standing().accepted).toEqual([{ ...larger, acceptedAt: 3 }]);
    });

    it('does not wait for a lock when it changes nothing, and decides anew when it does', async () => {
      await store.register(['redis'], flavors('1'), provenance());
      const other = await registry.openStore();
      let asked = 0;
      const decide = ({ registrations }: Snapshot) => {
        asked += 1;
        // Somebody writes between the look and the lock.
        if (asked === 1) void other.register(['kafka'], flavors('1'), provenance());
        return towards({ redis: ['2'], ...(registrations.has('kafka') ? { seen: ['1'] } : {}) })({
          registrations,
          digest: '',
        });
      };
      await store.rewrite('everything', decide, provenance());
      expect([asked, await contents()]).toEqual([2, { redis: ['2'], seen: ['1'] }]);
      await store.rewrite('everything', towards({ redis: ['2'], seen: ['1'] }), provenance());
      expect(await happened()).toHaveLength(6);
    });

    it.each<[string, () => Rewrite | undefined]>([
      ['nothing is decided', () => undefined],
      [
        'the decision fails',
        () => {
          throw new Error('undecided');
        },
      ],
      [
        'what is decided cannot be',
        () => ({ registered: pairs('redis no-flavor'), deregistered: pairs('redis 1'), flavors: [] }),
      ],
    ])('changes nothing when %s', async (_when, decide) => {
      await store.register(['redis'], flavors('1'), provenance());
      const before = [registry.standing(), await happened()];
      await store.rewrite('everything', decide, provenance()).catch((error: unknown) => error);
      expect([registry.standing(), await happened()]).toEqual(before);
    });

    it('may be a preview, of which nothing stays', async () => {
      await store.register(['redis'], flavors('1'), provenance());
      const before = [registry.standing(), await happened(), store.revision()];
      const preview = { isPreview: true };
      const foretold = await store.rewrite('everything', towards({ kafka: ['2'] }), provenance(), preview);
      expect(foretold).toMatchObject({ registered: pairs('kafka 2'), deregistered: pairs('redis 1') });
      expect([registry.standing(), await happened(), store.revision()]).toEqual(before);
    });

    it('decides by what stands at that moment: of several with one digest one is done', async () => {
      const others = await Promise.all([registry.openStore(), registry.openStore(), registry.openStore()]);
      const { digest } = await store.findAll();
      const outcomes = await Promise.all(
        others.map((other, index) => {
          const decide = (standing: Snapshot) =>
            standing.digest === digest ? towards({ [`type-${index}`]: ['1'] })(standing) : undefined;
          return other.rewrite('everything', decide, provenance());
        }),
      );
      const [done, ...more] = outcomes.flatMap((outcome) => outcome?.registered ?? []);
      expect(more).toEqual([]);
      expect(await contents()).toEqual({ [done!.serviceType]: ['1'] });
    });

    it('takes 10,000 pairs', async () => {
      const ids = numbered('id-', 1000);
      const document = Object.fromEntries(numbered('type-', 10).map((type) => [type, ids]));
      await store.rewrite('everything', towards(document), provenance());
      expect(await contents()).toEqual(document);
      await store.rewrite('everything', towards({}), provenance());
      expect(registry.standing()).toEqual({ registrations: [], accepted: [] });
    });

    it('makes any document of any other', async () => {
      const ids = fc.uniqueArray(fc.constantFrom('1', '2', '01', 'A', 'a', '__proto__'), { minLength: 1 });
      const entries = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'constructor', '0'), ids), {
        selector: ([type]) => type,
      });
      await fc.assert(
        fc.asyncProperty(fc.array(entries, { minLength: 1, maxLength: 8 }), async (documents) => {
          for (const each of documents) {
            const document = Object.fromEntries(each.map(([type, list]) => [type, [...list].sort()]));
            await store.rewrite('everything', towards(document), provenance());
            expect(await contents()).toEqual(document);
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}
