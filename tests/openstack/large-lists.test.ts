import { walkFlavors } from '../../src/openstack/flavor-walk';
import { startStubCloud, type StubCloud, type StubCloudOptions } from '../../src/stub/stub-cloud';
import { aCall, connect, type ClientOptions, type Clients } from './support/clients';
import { outcomeOf } from './support/expectations';

const atList = { path: /detail\?is_public=None/ };
const badAnswer = { kind: 'upstream answered badly', code: 'registered-flavors.nova.bad_answer' };
const longest = 'x'.repeat(60_000);

let cloud: StubCloud;
let clients: Clients;

async function start(options: StubCloudOptions, client: ClientOptions = {}): Promise<void> {
  cloud = await startStubCloud(options);
  clients = connect(cloud, client);
}

afterEach(async () => {
  await cloud.close();
});

function flavors(count: number, description = '') {
  return Array.from({ length: count }, (_, index) => {
    const id = String(index).padStart(5, '0');
    return { id, name: id, ram: 1, vcpus: 1, disk: 1, description };
  });
}

const walk = (...wanted: string[]) => walkFlavors(clients.nova, wanted, aCall());
const limits = () =>
  cloud.nova.requests
    .filter(({ target }) => atList.path.test(target))
    .map(({ target }) => Number(new URL(target, 'http://nova').searchParams.get('limit')));

describe('a page of Nova’s list that is too large', () => {
  it('is asked for again with fewer flavors, and the size that worked is remembered', async () => {
    await start({ flavors: flavors(300, longest) }); // 18 MB
    expect((await walk('00299')).isComplete).toBe(true);
    const first = limits();
    cloud.nova.resetRequests();
    expect((await walk('00299', 'nowhere')).seen).toBe(300);

    expect(first.slice(0, 2)).toEqual([1000, 250]);
    expect(Math.max(...limits())).toBeLessThan(250); // nor are pages that are only just not too large
  });

  it('goes down to one flavor', async () => {
    await start({ flavors: flavors(5, longest) }, { answerMaxBytes: 65_536 });

    expect((await walk('00004')).seen).toBe(5);
    expect(new Set(limits().slice(6))).toEqual(new Set([1]));
  });

  it('with one flavor is a bad answer; the next walk asks for whole pages again', async () => {
    await start({ flavors: flavors(5, longest) }, { answerMaxBytes: 50_000 });
    expect(await outcomeOf(walk('00004'))).toMatchObject(badAnswer);
    for (const { id } of cloud.nova.flavors) cloud.nova.change(id, { description: null });
    cloud.nova.resetRequests();

    expect((await walk('00004')).seen).toBe(5);
    expect(limits()).toEqual([1000]);
  });
});

describe('a list that never ends', () => {
  it.each([
    ['pages', 1, 1_000],
    ['flavors', 1_000, 100],
  ])('is a bad answer after so many %s', async (_, size, pages) => {
    await start({});
    cloud.nova.listsForEver(size, atList);

    expect(await outcomeOf(walk('nowhere'))).toMatchObject({
      ...badAnswer,
      detail: expect.stringContaining("Nova's list of flavors does not end"),
    });
    expect(limits()).toHaveLength(pages);
  });

  it('leaves little behind: of what nobody asked for only some is kept', async () => {
    await start({ flavors: flavors(25_000) });
    const { flavors: kept, seen } = await walk('24999');

    expect([seen, kept.size, kept.has('24999')]).toEqual([25_000, 20_001, true]);
  });

  it('of long descriptions leaves even less behind', async () => {
    await start({ flavors: flavors(1_000, longest) });
    const { flavors: kept, seen } = await walk('00999');

    expect([seen, kept.has('00999')]).toEqual([1_000, true]);
    expect(kept.size).toBeLessThan(600);
  });
});
