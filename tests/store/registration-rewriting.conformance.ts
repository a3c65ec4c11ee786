import fc from 'fast-check';
import { differenceOf, type RegistrationDocument } from '../../src/registrations/registration-document';
import type { RegistrationEvents } from '../../src/registrations/registration-events';
import type { RegistrationStore, Rewrite, RewriteScope, Standing } from '../../src/registrations/registration-store';
import { documentOf, flavor, flavors, listOf, numbered, pairs, provenance } from './examples';
import type { RegistryUnderTest } from './registration-store.conformance';

const EVERYTHING: RewriteScope = { serviceTypes: 'everything', maxPairs: 20_000 };

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
  const towards = (document: Record<string, string[]>) => (standing: Pick<Standing, 'registrations'>) => {
    const difference = differenceOf(standing.registrations!, new Map(Object.entries(document)));
    return { ...difference, flavors: flavors(...new Set(difference.registered.map(({ flavorId }) => flavorId))) };
  };
  const newest = (limit: number) =>
    events.find({
      ...{ serviceTypes: undefined, flavorIds: undefined, userId: undefined },
      ...{ since: undefined, until: undefined, before: undefined, limit },
    });
  const contents = () => documentOf(store);
  const happened = async () =>
    (await newest(100)).map(({ action, serviceType, flavorId }) => `${action} ${serviceType} ${flavorId}`).reverse();

  describe('findAll', () => {
    it('finds each type with its ids, both in byte order', async () => {
      await store.register(['redis', '9', '10', 'constructor'], flavors('b', 'B', '10', '9'), provenance());
      const found: unknown[] = [];
      for await (const piece of store.findAll()) found.push(...piece);
      expect(found).toEqual(['10', '9', 'constructor', 'redis'].map((type) => [type, ['10', '9', 'B', 'b']]));
    });
  });

  describe('version', () => {
    it('is another one after each change of the registrations, in every process, and after nothing else', async () => {
      const other = await registry.openStore();
      const seen = [store.version()];
      const act = async (work: Promise<unknown>): Promise<void> => {
        await work;
        seen.push(store.version());
        expect(other.version()).toBe(seen.at(-1));
      };
      await act(store.register(['redis'], flavors('1'), provenance()));
      await act(other.register(['redis'], flavors('1'), provenance())); // stands already
      await act(store.register(['mysql'], flavors('1'), provenance(), { isPreview: true }));
      await act(other.deregister(['redis'], ['1'], provenance()));
      await act(store.rewrite(EVERYTHING, towards({ kafka: ['1'] }), provenance()));
      expect(new Set(seen).size).toBe(4);
      expect([seen[1] === seen[2], seen[2] === seen[3]]).toEqual([true, true]);
    });
  });

  describe('rewrite', () => {
    it('shows everything, or what stands of some types, and changes what is decided', async () => {
      await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
      const shown: RegistrationDocument[] = [];
      const look = ({ registrations }: Standing): undefined => void shown.push(registrations!);
      expect(await store.rewrite(EVERYTHING, look, provenance())).toBeUndefined();
      expect(
        await store.rewrite({ serviceTypes: ['redis', 'none'], maxPairs: 10 }, look, provenance()),
      ).toBeUndefined();
      expect(shown.map((each) => Object.fromEntries(each))).toEqual([
        { mysql: ['1', '2'], redis: ['1', '2'] },
        { redis: ['1', '2'] },
      ]);

      const who = provenance({ userId: 'who', requestId: 'req-rewrite', globalRequestId: 'req-global', at: 7 });
      expect(await store.rewrite(EVERYTHING, towards({ redis: ['2', '3'], kafka: ['1'] }), who)).toMatchObject({
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
      await store.rewrite(EVERYTHING, towards({ redis: ['2', '3'], kafka: ['1'] }), provenance({ requestId: 'req-2' }));

      expect((await happened()).slice(2)).toEqual(['deregistered redis 1', 'registered kafka 1', 'registered redis 3']);
      const asked = (await newest(3)).map(({ requestId }) => requestId);
      expect(asked).toEqual(['req-2', 'req-2', 'req-2']);
    });

    it('accepts the flavors of what it adds, also in another size', async () => {
      await store.register(['redis'], flavors('1', '2'), provenance());
      const larger = flavor('1', { ram: 2 ** 20 });
      const change = { registered: pairs('mysql 1'), deregistered: pairs('redis 2'), flavors: [larger] };
      expect(await store.rewrite(EVERYTHING, () => change, provenance())).toEqual(change);

      expect((await listOf(store.find(['redis']))).map(({ accepted }) => accepted)).toEqual([larger]);
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
      await store.rewrite(EVERYTHING, () => moved, provenance({ at: 2 }));
      expect((await happened()).slice(2)).toEqual([
        'size_accepted mysql 1',
        'deregistered redis 1',
        'registered kafka 1',
      ]);
      const all = { registered: pairs('vertica 1'), deregistered: pairs('kafka 1', 'mysql 1'), flavors: [larger] };
      await store.rewrite(EVERYTHING, () => all, provenance({ at: 3 }));
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
      const decide = ({ registrations }: Standing) => {
        asked += 1;
        // Somebody writes between the look and the lock.
        if (asked === 1) void other.register(['kafka'], flavors('1'), provenance());
        return towards({ redis: ['2'], ...(registrations!.has('kafka') ? { seen: ['1'] } : {}) })({ registrations });
      };
      await store.rewrite(EVERYTHING, decide, provenance());
      expect([asked, await contents()]).toEqual([2, { redis: ['2'], seen: ['1'] }]);
      await store.rewrite(EVERYTHING, towards({ redis: ['2'], seen: ['1'] }), provenance());
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
      await store.rewrite(EVERYTHING, decide, provenance()).catch((error: unknown) => error);
      expect([registry.standing(), await happened()]).toEqual(before);
    });

    it('may be a preview, of which nothing stays', async () => {
      await store.register(['redis'], flavors('1'), provenance());
      const before = [registry.standing(), await happened(), store.revision()];
      const preview = { isPreview: true };
      const foretold = await store.rewrite(EVERYTHING, towards({ kafka: ['2'] }), provenance(), preview);
      expect(foretold).toMatchObject({ registered: pairs('kafka 2'), deregistered: pairs('redis 1') });
      expect([registry.standing(), await happened(), store.revision()]).toEqual(before);
    });

    it('is outdated at another version: of several with one version one is done', async () => {
      const others = await Promise.all([registry.openStore(), registry.openStore(), registry.openStore()]);
      await store.register(['redis'], flavors('1'), provenance());
      const scope = { ...EVERYTHING, version: store.version() };
      const outcomes = await Promise.all(
        others.map((other, index) => other.rewrite(scope, towards({ [`type-${index}`]: ['1'] }), provenance())),
      );
      const [done, ...more] = outcomes.flatMap((outcome) =>
        outcome === 'outdated' ? [] : (outcome?.registered ?? []),
      );
      expect([more, outcomes.filter((outcome) => outcome === 'outdated')]).toEqual([[], ['outdated', 'outdated']]);
      expect(await contents()).toEqual({ [done!.serviceType]: ['1'] });
    });

    it('shows no more pairs than are wanted, and always how many there are', async () => {
      await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
      const shown: unknown[] = [];
      const look = ({ pairs: count, registrations }: Standing): undefined =>
        void shown.push([count, registrations && Object.fromEntries(registrations)]);
      await store.rewrite({ serviceTypes: 'everything', maxPairs: 3 }, look, provenance());
      await store.rewrite({ serviceTypes: ['mysql', 'none'], maxPairs: 2 }, look, provenance());
      await store.rewrite({ serviceTypes: ['mysql'], maxPairs: 1 }, look, provenance());
      expect(shown).toEqual([
        [4, undefined],
        [2, { mysql: ['1', '2'] }],
        [2, undefined],
      ]);
    });

    it('takes 10,000 pairs', async () => {
      const ids = numbered('id-', 1000);
      const document = Object.fromEntries(numbered('type-', 10).map((type) => [type, ids]));
      await store.rewrite(EVERYTHING, towards(document), provenance());
      expect(await contents()).toEqual(document);
      await store.rewrite(EVERYTHING, towards({}), provenance());
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
            await store.rewrite(EVERYTHING, towards(document), provenance());
            expect(await contents()).toEqual(document);
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}
