import Database from 'better-sqlite3';
import type { Flavor } from '../../src/registrations/flavor';
import type { KeptFlavor } from '../../src/registrations/kept-flavors';
import { type OpenStore, openStore } from '../../src/store/open-store';
import { flavor, flavors, numbered, provenance } from './examples';
import { temporaryFolder } from './temporary-folder';

const anew = { repeatAfterMs: 1000 };
const here = { region: 'RegionOne', computeEndpoint: 'https://nova.example/v2.1' };

function details(id: string, but: Partial<Flavor> = {}): Flavor {
  return {
    ...flavor(id),
    description: null,
    rxtxFactor: undefined,
    isDisabled: false,
    extraSpecs: { 'hw:cpu_policy': 'dedicated', ['__proto__']: 'a name like any other', ünï: '"' },
    ...but,
  };
}

function found(id: string, askedAt = 1000, but: Partial<Flavor> = {}): KeptFlavor {
  return { flavorId: id, askedAt, answer: { status: 'found', flavor: details(id, but) } };
}

describe('what is kept of flavors', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let stores: OpenStore[];
  const open = async (): Promise<OpenStore> => {
    const store = await openStore({ databaseUrl: `file:${folder.in('registry.db')}` });
    stores.push(store);
    return store;
  };
  let store: OpenStore;
  beforeEach(async () => {
    folder = temporaryFolder();
    stores = [];
    store = await open();
    await store.registrations.register(['redis', 'mysql'], flavors('1', '2', 'gone'), provenance());
  });
  afterEach(async () => {
    await Promise.all(stores.map(({ registrations }) => registrations.close()));
    folder.remove();
  });

  it('is counted by what it says, also where that is more than one piece', async () => {
    expect(await store.keptFlavors.count()).toEqual({ available: 0, changed: 0, missing: 0, unknown: 3 });
    const ids = numbered('id-', 999);
    await store.registrations.register(['redis'], flavors(...ids), provenance());
    const kept = [
      ...ids.slice(0, 700).map((id) => found(id)),
      ...ids.slice(700, 703).map((id) => found(id, 1000, { ram: 1 })),
      ...ids.slice(703, 710).map((id): KeptFlavor => ({ flavorId: id, askedAt: 7, answer: { status: 'missing' } })),
    ];
    await store.keptFlavors.keep(here, kept, anew);
    expect(await store.keptFlavors.count()).toEqual({ available: 700, changed: 3, missing: 7, unknown: 3 + 289 });
  });

  it('comes back as it was, for this process and the next', async () => {
    const kept: KeptFlavor[] = [
      found('1'),
      { ...found('2'), answer: { status: 'found', flavor: details('2'), access: new Set(['a', 'b']) } },
      { flavorId: 'gone', askedAt: 7, answer: { status: 'missing' } },
    ];

    await store.keptFlavors.keep(here, kept, anew);
    for (const each of [store, await open()]) {
      expect(each.keptFlavors.find(here, ['gone', '2', 'never seen', '1'])).toEqual(kept);
    }
    expect(store.keptFlavors.find(here, ['2'])).toEqual([kept[1]]);
    expect(store.keptFlavors.find(here, [])).toEqual([]);
  });

  it('is of one Nova only: another region’s or endpoint’s is another flavor', async () => {
    await store.keptFlavors.keep(here, [found('1')], anew);
    const elsewhere = [
      { ...here, region: 'RegionTwo' },
      { ...here, computeEndpoint: 'https://nova.example:8774/v2.1' },
    ];

    expect(elsewhere.map((place) => store.keptFlavors.find(place, ['1']))).toEqual([[], []]);
    await store.keptFlavors.keep(elsewhere[0]!, [found('1', 2000, { ram: 1 })], anew);
    expect(store.keptFlavors.find(here, ['1'])).toEqual([]);
    expect(store.keptFlavors.find(elsewhere[0]!, ['1'])).toEqual([found('1', 2000, { ram: 1 })]);
  });

  it('is the last word, whichever process heard it', async () => {
    await (await open()).keptFlavors.keep(here, [found('1', 2000, { ram: 2 })], anew);

    await store.keptFlavors.keep(here, [found('1', 1999, { ram: 1 }), found('2', 1999)], anew);
    expect(store.keptFlavors.find(here, ['2'])).toEqual([found('2', 1999)]);
    expect(store.keptFlavors.find(here, ['1'])).toEqual([found('1', 2000, { ram: 2 })]);
  });

  it('is of registered flavors only, and goes with their last registration', async () => {
    await store.keptFlavors.keep(here, [found('1'), found('not registered')], anew);
    expect(store.keptFlavors.find(here, ['1', 'not registered'])).toEqual([found('1')]);
    await store.registrations.deregister(['redis'], ['1'], provenance());
    expect(store.keptFlavors.find(here, ['1'])).toEqual([found('1')]);
    await store.registrations.deregister(['mysql'], ['1'], provenance());
    expect(store.keptFlavors.find(here, ['1'])).toEqual([]);
  });

  it('survives that its flavor is registered again', async () => {
    await store.keptFlavors.keep(here, [found('1')], anew);
    await store.registrations.register(['vertica'], [flavor('1', { ram: 9 })], provenance());

    expect(store.keptFlavors.find(here, ['1'])).toEqual([found('1')]);
  });

  it('can be much', async () => {
    const ids = numbered('id-', 1000);
    await store.registrations.register(['redis'], flavors(...ids), provenance());
    const kept = ids.map((id) => found(id));

    await store.keptFlavors.keep(here, kept, anew);
    expect(store.keptFlavors.find(here, ids)).toEqual(kept);
  });

  describe('is written', () => {
    const asked = (): number | undefined => store.keptFlavors.find(here, ['1'])[0]?.askedAt;

    it('again only when it differs, or is older by a while', async () => {
      for (const [askedAt, but] of [
        [5000, {}],
        [5999, {}],
        [6000, {}],
        [6001, { ram: 1 }],
      ] as const) {
        await store.keptFlavors.keep(here, [found('1', askedAt, but)], anew);
      }
      expect(asked()).toBe(6001);
      await store.keptFlavors.keep(here, [found('1', 6002, { ram: 1 })], anew);
      expect(asked()).toBe(6001);
    });

    it('again when another process has written something else meanwhile', async () => {
      await store.keptFlavors.keep(here, [found('1', 1000)], anew);
      await (await open()).keptFlavors.keep(here, [found('1', 1001, { ram: 1 })], anew);
      await store.keptFlavors.keep(here, [found('1', 1002)], anew);

      expect(store.keptFlavors.find(here, ['1'])).toEqual([found('1', 1002)]);
    });

    it('over what a clock that was ahead has written', async () => {
      const future = Date.now() + 3_600_000;
      await store.keptFlavors.keep(here, [found('1', future)], anew);
      await store.keptFlavors.keep(here, [found('1', 2000)], anew);

      expect(asked()).toBe(2000);
    });
  });

  it.each(['{"id":', '{}', 'null', '{"id":"2"}'])('counts as none when somebody has damaged it: %s', async (damage) => {
    await store.keptFlavors.keep(here, [found('1')], anew);
    const client = new Database(folder.in('registry.db'));
    client.prepare('UPDATE kept_flavors SET flavor = ?').run(damage);
    client.close();

    expect(store.keptFlavors.find(here, ['1'])).toEqual([]);
    await store.keptFlavors.keep(here, [found('1', 1001)], anew);
    expect(store.keptFlavors.find(here, ['1'])).toEqual([found('1', 1001)]);
  });
});
