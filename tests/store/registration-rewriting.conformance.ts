import fc from 'fast-check';
import type { RegistrationEvents } from '../../src/registrations/registration-events';
import type { RegistrationStore, Rewrite, RewriteScope, Standing } from '../../src/registrations/registration-store';
import { declared, documentOf, flavor, flavors, gathered, listOf, numbered, pairs, provenance } from './examples';
import type { RegistryUnderTest } from './registration-store.conformance';

const EVERYTHING: RewriteScope = { serviceTypes: 'everything', nextTurn: () => undefined };

async function* piecesOf(document: Record<string, string[]>) {
  yield Object.entries(document);
}

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
  const towards = (document: Record<string, string[]>) => async (standing: Standing) => {
    const difference = await declared(document).compare(standing);
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
      const shown: object[] = [];
      const look = async ({ registrations }: Standing): Promise<undefined> =>
        void shown.push(await gathered(registrations));
      expect(await store.rewrite(EVERYTHING, look, provenance())).toBeUndefined();
      expect(
        await store.rewrite({ ...EVERYTHING, serviceTypes: ['redis', 'none'] }, look, provenance()),
      ).toBeUndefined();
      expect(shown).toEqual([{ mysql: ['1', '2'], redis: ['1', '2'] }, { redis: ['1', '2'] }]);

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
      expect(await store.rewrite(EVERYTHING, async () => change, provenance())).toEqual(change);

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
      await store.rewrite(EVERYTHING, async () => moved, provenance({ at: 2 }));
      expect((await happened()).slice(2)).toEqual([
        'size_accepted mysql 1',
        'deregistered redis 1',
        'registered kafka 1',
      ]);
      const all = { registered: pairs('vertica 1'), deregistered: pairs('kafka 1', 'mysql 1'), flavors: [larger] };
      await store.rewrite(EVERYTHING, async () => all, provenance({ at: 3 }));
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
      const decide = async (standing: Standing) => {
        asked += 1;
        // Somebody writes between the look and the lock.
        if (asked === 1) await other.register(['kafka'], flavors('1'), provenance());
        const seen = await gathered(standing.registrations);
        const wanted = { redis: ['2'], ...('kafka' in seen && asked > 1 ? { seen: ['1'] } : {}) };
        return towards(wanted)({ ...standing, registrations: piecesOf(seen) });
      };
      await store.rewrite(EVERYTHING, decide, provenance());
      expect([asked, await contents()]).toEqual([2, { redis: ['2'], seen: ['1'] }]);
      await store.rewrite(EVERYTHING, towards({ redis: ['2'], seen: ['1'] }), provenance());
      expect(await happened()).toHaveLength(6);
    });

    it.each<[string, () => Promise<Rewrite | undefined>]>([
      ['nothing is decided', () => Promise.resolve(undefined)],
      ['the decision fails', () => Promise.reject(new Error('undecided'))],
      [
        'what is decided cannot be',
        async () => ({ registered: pairs('redis no-flavor'), deregistered: pairs('redis 1'), flavors: [] }),
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

    it('shows how many pairs there are, and a long list in pieces, without a lock and with it', async () => {
      const document = { many: numbered('id-', 6000).sort(), other: ['1'] };
      for (const [type, ids] of Object.entries(document)) await store.register([type], flavors(...ids), provenance());
      for (const serviceTypes of ['everything', ['none', 'many', 'other']] as const) {
        const [shown, turns]: [unknown[], number[]] = [[], [0, 0]];
        const look = async ({ pairs: count, registrations, nextTurn }: Standing) => {
          let pieces = 0;
          const counted = async function* () {
            for await (const piece of registrations) {
              pieces += 1;
              yield piece;
            }
          };
          shown.push([count, await gathered(counted()), pieces > 1]);
          await nextTurn();
          return { registered: pairs(`added-${serviceTypes.length} 1`), deregistered: [], flavors: flavors('1') };
        };
        const nextTurn = () => void (turns[0]! += 1);
        const stood = (await contents()) as object;
        await store.rewrite({ serviceTypes, nextTurn }, look, provenance(), { isPreview: true });
        const asShown = serviceTypes === 'everything' ? stood : document;
        expect(shown).toEqual(Array(2).fill([6001, asShown, true]));
        expect(turns[0]).toBeGreaterThan(1);
      }
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
