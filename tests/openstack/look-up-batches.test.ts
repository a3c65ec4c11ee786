import type { CachedFlavorDirectory } from '../../src/openstack/cached-flavor-directory';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import type { LookUpOptions } from '../../src/registrations/flavor-directory';
import { manyFlavors } from '../../src/stub/stub-flavors';
import { timed } from '../support/own-time';
import { aCall, connect, createCache, type Clients } from './support/clients';
import { breakDescription, flavorRequestsAt, outcomeOf } from './support/expectations';
import { until } from '../support/until';

const atFlavors = { path: /\/flavors\/(?!detail\?limit=1&)/ };
const atList = { path: /detail\?is_public=None/ };
const atFlavor = (id: string) => ({ path: new RegExp(`/flavors/${id}$`) });

let cloud: StubCloud;
let clients: Clients;
let cache: CachedFlavorDirectory;

beforeEach(async () => {
  cloud = await startStubCloud({ flavors: manyFlavors(1990) });
  for (const id of ['a', 'b', 'c', 'd']) cloud.nova.add({ id, name: id, ram: 1, vcpus: 1, disk: 1 });
  for (const id of ['p', 'q']) {
    cloud.nova.add({ id, name: id, ram: 1, vcpus: 1, disk: 1, is_public: false, projects: ['demo'] });
  }
  clients = connect(cloud);
  cache = createCache(clients, { maxEntries: 10_000 });
});

afterEach(async () => {
  await cloud.close();
});

function lookUp(
  flavorIds: readonly string[],
  { accept = 'the current', withAccess = false, signal = aCall().signal }: Partial<LookUpOptions> = {},
) {
  return cache.lookUp(flavorIds, { ...aCall(signal), accept, withAccess });
}

/** A look-up that has reached Nova already, and is answered by it only after a while. */
async function runningLookUp(flavorIds: readonly string[], options: { withAccess?: boolean } = {}, ms = 150) {
  for (const id of flavorIds) cloud.nova.isSlow(ms, { ...atFlavor(id), times: 1 });
  const before = targets().length;
  const answered = lookUp(flavorIds, options);
  answered.catch(() => undefined);
  await until(() => targets().length === before + flavorIds.length);
  return { answered };
}

async function ramOf(flavorId: string, options: Partial<LookUpOptions> = {}): Promise<number | undefined> {
  const answer = (await lookUp([flavorId], options)).answers.get(flavorId);
  return answer?.status === 'found' ? answer.flavor.ram : undefined;
}

/** Who may use the private flavors of these ids, as far as that became known. */
async function accessTo(...flavorIds: string[]) {
  const { answers } = await lookUp(flavorIds, { withAccess: true });
  return flavorIds.map((id) => {
    const answer = answers.get(id);
    return answer?.status === 'found' && answer.access !== undefined ? [...answer.access].join() : 'unknown';
  });
}

/** What Nova was asked of flavors, in that order. */
const targets = () => cloud.nova.requests.map(({ target }) => target).filter((target) => atFlavors.path.test(target));
const asked = () => targets().map((target) => target.replace('/v2.1/flavors/', ''));

/** So many ids, the first of the list and the last among them. */
function spread(count: number): string[] {
  const ids = cloud.nova.flavors.map(({ id }) => id);
  return Array.from({ length: count }, (_, index) => ids[Math.floor((index * (ids.length - 1)) / (count - 1))]!);
}

describe('look-ups that come while another one runs', () => {
  it('are one look-up: fifty readers of fifty flavors cost one walk', async () => {
    const running = await runningLookUp(['a']);
    const readers = await Promise.all(spread(50).map((id) => lookUp([id])));

    expect(readers.map(({ answers }) => [...answers.keys()].join())).toEqual(spread(50));
    expect(flavorRequestsAt(cloud)).toEqual({ gets: 1, pages: 2 });
    expect([...(await running.answered).answers.keys()]).toEqual(['a']);
  });

  it('ask for each id once, however many want it', async () => {
    await runningLookUp(['a']);
    await Promise.all(Array.from({ length: 50 }, (_, index) => lookUp(['b', 'c', 'd'].slice(index % 3))));

    expect(asked().sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('do not ask again for what the running one is asking for', async () => {
    await runningLookUp(['a', 'b']);
    const { answers } = await lookUp(['a', 'c', 'b']);

    expect([...answers.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(asked().sort()).toEqual(['a', 'b', 'c']);
  });

  it('wait for it to end: Nova never has two at once', async () => {
    cloud.nova.isSlow(40, atList);
    const looking: Promise<unknown>[] = [];
    for (let index = 0; index < 10; index += 1) {
      looking.push(lookUp(spread(100), { accept: 'the new' })); // a walk: one page after the other
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await Promise.all(looking);
    const walks = asked().filter((target) => !target.includes('marker')).length;

    expect([walks > 1, cloud.nova.maxConcurrent]).toEqual([true, 1]);
  });

  it('wait a moment for company, even when it ends at once', async () => {
    await lookUp(['d']); // the login is over
    const running = lookUp(['a']);
    await new Promise((resolve) => setImmediate(resolve));
    const joinedAt = Date.now();
    await Promise.all([running, lookUp(['b'])]);

    expect(cloud.nova.requests.at(-1)!.at - joinedAt).toBeGreaterThanOrEqual(19);
  });

  it('do not wait for company when none runs', async () => {
    await lookUp(['a']);
    const took: number[] = [];
    for (const id of ['b', 'c', 'd']) took.push((await timed(() => lookUp([id]))).ms);

    expect(Math.min(...took)).toBeLessThan(20);
  });

  it('a thousand, of as many flavors, cost one walk and no more than a second look at what it passed by', async () => {
    const running = await runningLookUp(['a']);
    const ids = spread(1000);
    const { ms, result } = await timed(() => Promise.all([...ids, 'nowhere'].map((id) => lookUp([id]))));
    await running.answered;

    expect(result.map(({ answers }, index) => answers.get(ids[index] ?? 'nowhere')?.status)).toEqual([
      ...ids.map(() => 'found'),
      'missing',
    ]);
    expect(asked().filter((target) => !target.startsWith('detail'))).toEqual(['a', 'nowhere']);
    expect(flavorRequestsAt(cloud).pages).toBe(2);
    expect(ms).toBeLessThan(5_000);
  });
});

describe('a fresh look-up while another one runs', () => {
  it('asks after it, and gives what Nova says then', async () => {
    const { answered } = await runningLookUp(['a']);
    cloud.nova.change('a', { ram: 2 });

    expect(await ramOf('a', { accept: 'the new' })).toBe(2);
    expect(asked()).toEqual(['a', 'a']);
    expect((await answered).answers.get('a')).toMatchObject({ flavor: { ram: 1 } });
    expect(await ramOf('a')).toBe(2);
  });

  it('goes together with the others that wait', async () => {
    await runningLookUp(['a']);
    await Promise.all([ramOf('b'), ramOf('b', { accept: 'the new' }), ramOf('a', { accept: 'the new' })]);

    expect(asked().sort()).toEqual(['a', 'a', 'b']);
  });
});

describe('access that is wanted while a look-up without it runs', () => {
  it('is asked for when that has said what flavor it is', async () => {
    const { answered } = await runningLookUp(['p']);

    expect(await accessTo('p')).toEqual(['demo']);
    expect(asked()).toEqual(['p', 'p/os-flavor-access', 'p']);
    expect((await answered).answers.get('p')).not.toHaveProperty('access');
  });

  it('is asked for in the running one when others want it there already', async () => {
    const { answered } = await runningLookUp(['p'], { withAccess: true });

    expect(await accessTo('p')).toEqual(['demo']);
    expect([...(await lookUp(['p'])).answers]).toEqual([...(await answered).answers]);
    expect(asked()).toEqual(['p', 'p/os-flavor-access', 'p']);
  });

  it.each([[['p', 'q']], [['q', 'p']]])('is not lost to what the running one says: of %p', async (flavorIds) => {
    await lookUp(['q'], { withAccess: true });
    clients.clock.passes(30);
    await runningLookUp(['p', 'q']); // with the access to q, which was known once, and without the one to p

    expect(await accessTo(...flavorIds)).toEqual(['demo', 'demo']);
  });
});

describe('a look-up that fails', () => {
  it('fails for all who joined it, and not for those who come after', async () => {
    await runningLookUp(['a']);
    cloud.nova.fails(403, { ...atFlavor('b'), times: 1 });
    cloud.nova.isSlow(50, { ...atFlavor('b'), times: 1 });
    const joined = ['b', 'c', 'd'].map((id) => outcomeOf(lookUp([id])));
    await until(() => asked().includes('b'));
    const after = lookUp(['p']);

    expect((await Promise.all(joined)).map(({ kind }) => kind)).toEqual(Array(3).fill('unavailable'));
    expect((await after).answers.get('p')?.status).toBe('found');
    expect([...(await lookUp(['b', 'c', 'd'])).answers.keys()].sort()).toEqual(['b', 'c', 'd']);
  });

  it('does not fail the one that waits for it to end', async () => {
    cloud.nova.fails(403, { ...atFlavor('a'), times: 1 });
    const { answered } = await runningLookUp(['a']);
    const waiting = ramOf('b');

    expect([(await outcomeOf(answered)).kind, await waiting]).toEqual(['unavailable', 1]);
  });

  it.each([
    ['GETs', ['a', 'b', 'c', 'd']],
    ['a walk', undefined],
  ])('for one flavor only, whose description is broken, fails who asks for that one: by %s', async (_, few) => {
    await runningLookUp(['p']);
    breakDescription(cloud, 'b');
    const ids = few ?? [...spread(100), 'b'];
    const outcomes = await Promise.all(
      ids.map((id) =>
        lookUp([id]).then(
          ({ answers }) => answers.get(id)?.status,
          (error: Error) => error.message,
        ),
      ),
    );

    expect(new Map(ids.map((id, index) => [id, outcomes[index]]))).toEqual(
      new Map([...ids.map((id) => [id, 'found'] as const), ['b', 'Nova sent a flavor whose ram is missing or wrong.']]),
    );
    expect(flavorRequestsAt(cloud)).toEqual(few ? { gets: 5, pages: 0 } : { gets: 1, pages: 2 });
  });
});

describe('who stops waiting', () => {
  it('is let go at once; the others get their answers from the same look-up', async () => {
    const { answered } = await runningLookUp(['a'], {}, 2_000);
    const gone = new AbortController();
    const leaving = timed(() => outcomeOf(lookUp(['a'], { signal: gone.signal })));
    gone.abort();

    expect((await leaving).result.kind).toBe('upstream timed out');
    expect((await leaving).ms).toBeLessThan(1_500);
    expect([...(await answered).answers.keys(), ...asked()]).toEqual(['a', 'a']);
  });

  it('at the deadline is told so, also when the look-up has not even begun', async () => {
    cache = createCache(clients, { deadlineMs: 100 });
    const { answered } = await runningLookUp(['a'], {}, 400);
    const waiting = await timed(() => outcomeOf(lookUp(['b'])));

    expect(waiting.result).toEqual({
      kind: 'upstream timed out',
      code: 'registered-flavors.nova.timeout',
      detail: 'Nova did not give all that was asked before the deadline of 100 ms.',
    });
    expect([waiting.ms < 350, (await outcomeOf(answered)).kind]).toEqual([true, 'upstream timed out']);
  });

  it('leaves nothing behind that fails later, unheard', async () => {
    cloud.nova.fails(403, atFlavor('b'));
    await runningLookUp(['a']);
    const gone = new AbortController();
    const leaving = outcomeOf(lookUp(['b'], { signal: gone.signal }));
    await new Promise((resolve) => setImmediate(resolve)); // it has joined the next one
    gone.abort();
    await leaving;
    await until(() => asked().includes('b'));

    expect(await ramOf('c')).toBe(1);
  });
});
