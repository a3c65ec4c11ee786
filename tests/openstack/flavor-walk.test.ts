import { walkFlavors } from '../../src/openstack/flavor-walk';
import { startStubCloud, type StubCloud, type StubCloudOptions } from '../../src/stub/stub-cloud';
import { manyFlavors, type StubFlavor } from '../../src/stub/stub-flavors';
import { aCall, connect, type Clients } from './support/clients';
import { breakDescription, flavorRequestsAt, outcomeOf } from './support/expectations';
import { startPlainServer } from './support/plain-server';
import { until } from '../support/until';

const atList = { path: /detail\?is_public=None/ };

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud();
  clients = connect(cloud);
});

afterEach(async () => {
  await cloud.close();
});

async function restart(options: StubCloudOptions): Promise<void> {
  await cloud.close();
  cloud = await startStubCloud(options);
  clients = connect(cloud);
}

async function walk(...wanted: string[]) {
  const { flavors, isComplete } = await walkFlavors(clients.nova, wanted, aCall());
  return { found: wanted.filter((id) => flavors.has(id)), seen: flavors.size, isComplete };
}

function plain(id: string, name = id): StubFlavor {
  return { id, name, ram: 1, vcpus: 1, disk: 1 };
}

const allIds = () => cloud.nova.flavors.map(({ id }) => id);

function markers(): (string | null)[] {
  return cloud.nova.requests
    .filter(({ target }) => target.search(atList.path) >= 0)
    .map(({ target }) => new URL(target, 'http://nova').searchParams.get('marker'));
}

describe('a walk through the list', () => {
  it('asks for everything there is, private flavors included, as long pages as Nova gives', async () => {
    await walk('priv-none');

    expect(cloud.nova.requests.at(-1)?.target).toBe('/v2.1/flavors/detail?is_public=None&limit=1000');
  });

  it('stops as soon as all is found', async () => {
    cloud.nova.shortPages(5);
    const [, second, , , , , seventh] = allIds();

    expect(await walk(second!, seventh!)).toEqual({ found: [second, seventh], seen: 10, isComplete: false });
    expect(flavorRequestsAt(cloud)).toEqual({ gets: 0, pages: 2 });
  });

  it('goes to the end for what is not there', async () => {
    cloud.nova.shortPages(5);
    const first = allIds()[0]!;

    expect(await walk(first, 'nowhere')).toEqual({ found: [first], seen: allIds().length, isComplete: true });
    expect(flavorRequestsAt(cloud).pages).toBe(Math.ceil(allIds().length / 5));
  });

  it('goes past pages shorter than asked', async () => {
    await restart({ flavors: manyFlavors(250), maxLimit: 100 });
    const last = allIds().at(-1)!;

    expect(await walk(last)).toEqual({ found: [last], seen: 250, isComplete: true });
    expect(flavorRequestsAt(cloud).pages).toBe(3);
  });

  it('goes past a full last page to an empty one', async () => {
    await restart({ flavors: manyFlavors(200), maxLimit: 100 });

    expect(await walk('nowhere')).toEqual({ found: [], seen: 200, isComplete: true });
    expect(flavorRequestsAt(cloud).pages).toBe(3);
  });

  it('finds nothing in an empty cloud', async () => {
    await restart({ flavors: [] });

    expect(await walk('1')).toEqual({ found: [], seen: 0, isComplete: true });
  });

  it('finds the flavor whose id is the name of the list', async () => {
    cloud.nova.add(plain('detail', 'the odd one'));
    const { flavors } = await walkFlavors(clients.nova, ['detail'], aCall());

    expect(flavors.get('detail')?.flavor).toMatchObject({ name: 'the odd one' });
  });

  it('finds ids to the letter', async () => {
    await restart({ flavors: ['7', '007', 'Case', 'case', '__proto__', 'constructor'].map((id) => plain(id)) });

    expect((await walk('007', 'case', '__proto__', 'CASE')).found.sort()).toEqual(['007', '__proto__', 'case']);
  });

  it('takes ids with spaces, with names in any script, and the longest as markers', async () => {
    const ids = ['a b  c', 'detail', 'x'.repeat(255)];
    await restart({ flavors: ids.map((id, index) => plain(id, `größe 日本語 ${index}`)), maxLimit: 1 });

    const { flavors } = await walkFlavors(clients.nova, ids, aCall());
    const names = [...flavors.values()].map(({ flavor }) => 'name' in flavor && flavor.name);

    expect(names).toEqual(['größe 日本語 0', 'größe 日本語 1', 'größe 日本語 2']);
    expect(markers()).toEqual([null, 'a b  c', 'detail']);
  });

  it('does not mind a flavor that it cannot read, and says of that one what is wrong', async () => {
    breakDescription(cloud, '1');
    const { flavors } = await walkFlavors(clients.nova, ['1', '2'], aCall());

    expect(flavors.get('1')?.flavor).toMatchObject({ kind: 'upstream answered badly' });
    expect(flavors.get('2')?.flavor).toMatchObject({ name: 'm1.small' });
  });

  it('brings along whatever else went by', async () => {
    cloud.nova.shortPages(5);
    const { flavors } = await walkFlavors(clients.nova, [allIds()[1]!], aCall());

    expect([...flavors.keys()]).toEqual(allIds().slice(0, 5));
    expect([...flavors].every(([id, listed]) => listed.id === id)).toBe(true);
  });
});

describe('a marker that was deleted meanwhile', () => {
  it('lets the walk start over, once', async () => {
    cloud.nova.shortPages(5);
    cloud.nova.losesMarker({ times: 1 });
    const last = allIds().at(-1)!;

    expect(await walk(last)).toEqual({ found: [last], seen: allIds().length, isComplete: true });
    expect(markers().filter((marker) => marker === null)).toHaveLength(2);
  });

  it('really deleted between two pages, likewise', async () => {
    await restart({ flavors: manyFlavors(30), maxLimit: 10 });
    const tenth = allIds()[9]!;
    const last = allIds().at(-1)!;
    cloud.nova.isSlow(100, { path: /marker=/, times: 1 });
    cloud.nova.isSlow(100, { ...atList, times: 1 });
    const walking = walk(last);
    await until(() => flavorRequestsAt(cloud).pages === 1);
    cloud.nova.remove(tenth); // the first page, with it as its last, is on its way already

    expect(await walking).toEqual({ found: [last], seen: 29, isComplete: true });
  });

  it('again is a bad answer, never an end of the list', async () => {
    cloud.nova.shortPages(5);
    cloud.nova.losesMarker();

    expect(await outcomeOf(walk(allIds().at(-1)!))).toEqual({
      kind: 'upstream answered badly',
      code: 'registered-flavors.nova.bad_answer',
      detail: 'Nova lost the marker of its own list of flavors, twice.',
    });
    expect(markers()).toHaveLength(4);
  });
});

describe('a list that leads astray', () => {
  it('in a circle is left', async () => {
    cloud.nova.shortPages(5);
    cloud.nova.loopsNextLink();

    expect(await outcomeOf(walk('nowhere'))).toEqual({
      kind: 'upstream answered badly',
      code: 'registered-flavors.nova.bad_answer',
      detail: "Nova's list of flavors runs in a circle.",
    });
    expect(flavorRequestsAt(cloud).pages).toBe(2);
  });

  it('to another host is not followed', async () => {
    const seen: string[] = [];
    const stranger = await startPlainServer((request, response) => {
      seen.push(request.url ?? '');
      response.end('{"flavors": []}');
    });
    const href = `${stranger.url}/v2.1/flavors/detail?marker=2`;
    const first = { flavors: [{ id: '1' }], flavors_links: [{ rel: 'next', href }] };
    cloud.nova.fails(200, { ...atList, times: 1, body: first });

    const { found } = await walk('5').finally(() => stranger.close());

    expect([found, seen, markers()]).toEqual([['5'], [], [null, '1']]);
  });
});
