import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import type { CachedFlavorDirectory } from '../../src/openstack/cached-flavor-directory';
import { timed } from '../support/own-time';
import { aCall, connect, createCache, type ClientOptions, type Clients } from './support/clients';
import { loginsAt, outcomeOf, PROBE, probesAt } from './support/expectations';
import { until } from '../support/until';

const atAccess = { path: /\/os-flavor-access$/ };
const atAccessOf = (id: string) => ({ path: new RegExp(`/${id}/os-flavor-access$`) });
const many = Array.from({ length: 12 }, (_, index) => `many-${index}`);

let cloud: StubCloud;
let clients: Clients;
let cache: CachedFlavorDirectory;

beforeEach(async () => {
  cloud = await startStubCloud();
  for (const id of ['p1', 'p2', 'with spaces in it', ...many]) addPrivate(id, [`project of ${id}`]);
  reconnect({});
});

afterEach(async () => {
  expect(cloud.nova.writes).toBe(0);
  await cloud.close();
});

function reconnect(options: ClientOptions): void {
  clients = connect(cloud, options);
  cache = createCache(clients, options.novaDeadlineMs === undefined ? {} : { deadlineMs: options.novaDeadlineMs });
}

function addPrivate(id: string, projects: string[]): void {
  cloud.nova.add({ id, name: id, ram: 1, vcpus: 1, disk: 1, is_public: false, projects });
}

function getAccess(id: string) {
  return clients.nova.getFlavorAccess(id, aCall());
}

function lookUp(flavorIds: readonly string[], { withAccess = true, signal = aCall().signal } = {}) {
  return cache.lookUp(flavorIds, { ...aCall(signal), accept: 'the current', withAccess });
}

async function findAccess(flavorIds: readonly string[], signal?: AbortSignal) {
  const { answers } = await lookUp(flavorIds, signal === undefined ? {} : { signal });
  return Object.fromEntries(
    [...answers].flatMap(([id, answer]) =>
      answer.status === 'found' && answer.access !== undefined ? [[id, [...answer.access].sort()]] : [],
    ),
  );
}

function ofEach(flavorIds: readonly string[]) {
  return Object.fromEntries(flavorIds.map((id) => [id, [`project of ${id}`]]));
}

function accessTargets(): string[] {
  return cloud.nova.requests.map(({ target }) => target).filter((target) => target.search(atAccess.path) >= 0);
}

/** What was said of access. */
function warnings() {
  return clients.lines
    .map((line) => JSON.parse(line) as { level: string; message: string })
    .filter(({ message }) => message === 'access to private flavors could not be learned');
}

describe('the access to one flavor', () => {
  it('is open to the projects that Nova names', async () => {
    cloud.nova.grant('p1', 'another');

    expect(await getAccess('p1')).toEqual(new Set(['project of p1', 'another']));
    expect(await getAccess('priv-demo')).toEqual(new Set([cloud.keystone.projectId('demo')]));
    expect(accessTargets()).toEqual(['/v2.1/flavors/p1/os-flavor-access', '/v2.1/flavors/priv-demo/os-flavor-access']);
  });

  it('may be open to nobody', async () => {
    expect(await getAccess('priv-none')).toEqual(new Set());
  });

  it.each([
    ['a public flavor', '1'],
    ['a flavor that is gone', 'nowhere'],
  ])('is not known of %s', async (_, id) => {
    expect(await getAccess(id)).toBeUndefined();
  });

  it('is found by an id with spaces', async () => {
    expect(await getAccess('with spaces in it')).toEqual(new Set(['project of with spaces in it']));
    expect(accessTargets()).toEqual(['/v2.1/flavors/with%20spaces%20in%20it/os-flavor-access']);
  });

  it('is not another flavor’s, where Nova keeps its flavors in MariaDB', async () => {
    cloud.nova.matchesIdsLikeMariaDb();

    expect(await getAccess('P1')).toEqual(new Set());
    expect(await getAccess('p1 ')).toEqual(new Set());
    expect(await getAccess('p1')).toEqual(new Set(['project of p1']));
  });

  it('is asked for with our token, in the version agreed on', async () => {
    await getAccess('p1');
    const { headers } = cloud.nova.requests.at(-1)!;

    expect(cloud.keystone.findValidToken(headers['x-auth-token'] as string)?.user.name).toBe('flavorsvc');
    expect(headers['openstack-api-version']).toMatch(/^compute 2\.\d+$/);
    expect(headers['x-openstack-request-id']).toBe(aCall().globalRequestId);
  });

  it('is asked for once more with a new token', async () => {
    cloud.nova.rejectsTokens({ ...atAccess, times: 1 });

    expect(await getAccess('p1')).toEqual(new Set(['project of p1']));
    expect([loginsAt(cloud), probesAt(cloud), accessTargets().length]).toEqual([2, 2, 2]);
  });

  it.each([
    ['a router’s 404', 'bad_answer', () => cloud.nova.fails(404, { ...atAccess, body: '<html>404 Not Found</html>' })],
    ['another JSON’s 404', 'bad_answer', () => cloud.nova.fails(404, { ...atAccess, body: { message: 'no' } })],
    ['an empty object', 'bad_answer', () => cloud.nova.answersEmptyObject(atAccess)],
    ['an entry without a project', 'bad_answer', () => answers({ flavor_access: [{ flavor_id: 'p1' }] })],
    ['garbage', 'bad_answer', () => cloud.nova.answersGarbage(atAccess)],
    ['403', 'unavailable', () => cloud.nova.fails(403, atAccess)],
  ])('is not called unknown on the word of %s', async (_, code, goWrong) => {
    goWrong();

    expect((await outcomeOf(getAccess('p1'))).code).toBe(`registered-flavors.nova.${code}`);
  });

  function answers(body: object): void {
    cloud.nova.fails(200, { ...atAccess, body });
  }
});

describe('the access to many flavors', () => {
  it('is found, and left out of what is public or gone, without a word', async () => {
    addPrivate('for nobody', []);

    expect(await findAccess(['p1', '1', 'nowhere', 'p2', 'for nobody'])).toEqual({
      ...ofEach(['p1', 'p2']),
      'for nobody': [],
    });
    expect(warnings()).toEqual([]);
  });

  const giveP1ToAnother = (): void => {
    cloud.nova.remove('p1');
    cloud.nova.add({ id: 'p1', name: 'another', ram: 1, vcpus: 1, disk: 1, is_public: false, projects: ['demo'] });
  };

  const nameAndAccessOf = async (id: string) => {
    const answer = (await lookUp([id])).answers.get(id);
    return answer?.status === 'found' && { name: answer.flavor.name, access: [...(answer.access ?? ['unknown'])] };
  };

  it('is that of the flavor that has the id now, when it went to another one before the list was asked for', async () => {
    await lookUp(['p1'], { withAccess: false });
    giveP1ToAnother();

    expect(await nameAndAccessOf('p1')).toEqual({ name: 'another', access: ['demo'] });
  });

  it('is that of the flavor that has the id now, when it went to another one while the list came', async () => {
    await lookUp(['p1'], { withAccess: false });
    cloud.nova.isSlow(60, { ...atAccessOf('p1'), times: 1 });
    const finding = nameAndAccessOf('p1');
    await until(() => accessTargets().length === 1);
    giveP1ToAnother();

    expect(await finding).toEqual({ name: 'another', access: ['demo'] });
    expect(accessTargets()).toHaveLength(2);
  });

  it('is hidden for the moment of a flavor that goes to another one again and again', async () => {
    await lookUp(['p1'], { withAccess: false });
    cloud.nova.isSlow(60, atAccessOf('p1'));
    const finding = nameAndAccessOf('p1');
    for (const count of [1, 2]) {
      await until(() => accessTargets().length === count);
      cloud.nova.change('p1', { ram: 100 + count });
    }

    expect(await finding).toEqual({ name: 'p1', access: ['unknown'] });
  });

  it('is as old as the question for it', async () => {
    await lookUp(['p1'], { withAccess: false });
    cloud.nova.isSlow(50, atAccess);
    const askedAt = clients.clock.now();
    const looking = lookUp(['p1']);
    await until(() => accessTargets().length === 1);
    clients.clock.passes(9);

    expect((await looking).goodUntil).toBe(askedAt + 30_000);
  });

  it('is never asked for by an id that no path can carry', async () => {
    addPrivate('detail', ['demo']);

    expect(await findAccess(['detail', '.', '..', 'p1'])).toEqual(ofEach(['p1']));
    expect(accessTargets()).toEqual(['/v2.1/flavors/p1/os-flavor-access']);
  });

  it('is remembered list by list: one that hangs holds up no other', async () => {
    reconnect({ attemptTimeoutMs: 4_000 });
    cloud.nova.hangs(atAccessOf('many-3'));
    const first = findAccess(many);
    await until(() => accessTargets().length === many.length);

    expect((await timed(() => findAccess(['p1', 'p2']))).ms).toBeLessThan(3_500);
    expect(await first).toEqual(ofEach(many.filter((id) => id !== 'many-3')));
  });

  it.each([
    [8, 6],
    [3, 2],
    [1, 1],
  ])('goes in parallel, and leaves some places to others: of %d at once %d', async (maxConcurrentRequests, behind) => {
    reconnect({ maxConcurrentRequests });
    await lookUp(many, { withAccess: false });
    cloud.nova.resetRequests();
    cloud.nova.isSlow(60, { path: /flavors/ });

    expect(await findAccess(many)).toEqual(ofEach(many));
    expect(cloud.nova.maxConcurrent).toBe(behind);
  });
});

describe('access that cannot be learned', () => {
  it.each([
    ['one fails', () => cloud.nova.fails(500, atAccessOf('p2'))],
    ['one is refused', () => cloud.nova.fails(403, atAccessOf('p2'))],
    ['one is nonsense', () => cloud.nova.answersGarbage(atAccessOf('p2'))],
    ['one hangs', () => cloud.nova.hangs(atAccessOf('p2'))],
  ])('is left out alone, and that is logged once, without a token: %s', async (_, goWrong) => {
    reconnect({ attemptTimeoutMs: 1_000 });
    goWrong();

    expect(await findAccess(['p1', 'p2', ...many])).toEqual(ofEach(['p1', ...many]));
    expect(warnings()).toEqual([expect.objectContaining({ level: 'warn', flavors: 1 })]);
    const token = cloud.nova.requests.at(-1)?.headers['x-auth-token'] as string;
    expect(clients.lines.join('')).not.toContain(token);
  });

  it.each([
    ['Nova is down', () => cloud.nova.stops()],
    ['Keystone is down', () => cloud.keystone.stops()],
    ['Keystone refuses us', () => cloud.keystone.fails(401)],
    ['Nova does not take us for an admin', () => cloud.nova.callerIsNotAdmin()],
    ['Nova does not say who we are', () => cloud.nova.fails(403, { path: PROBE })],
  ])('at all fails the look-up, as a flavor would that cannot be asked for: %s', async (_, goWrong) => {
    await lookUp(['p1', 'p2'], { withAccess: false });
    clients.serviceToken.invalidate((await clients.serviceToken.get('req-1')).token);
    await goWrong();

    expect((await outcomeOf(findAccess(['p1', 'p2']))).kind).toBe('unavailable');
    const [line, ...others] = clients.lines.filter((each) => each.includes('could not be asked'));
    expect([JSON.parse(line!), others]).toEqual([expect.objectContaining({ level: 'warn', flavors: 2 }), []]);
  });

  it('because Nova refuses each of our tokens costs few logins, however many are asked for', async () => {
    await lookUp(many, { withAccess: false });
    cloud.nova.rejectsTokens();

    expect((await outcomeOf(findAccess(many))).kind).toBe('unavailable');
    expect(loginsAt(cloud)).toBeLessThan(many.length);
  });

  it('by the deadline is left out; what was learned counts, and the rest goes on being learned', async () => {
    cache = createCache(clients, { deadlineMs: 2_000 });
    for (const id of ['many-3', 'many-4', 'many-5']) cloud.nova.isSlow(3_000, { ...atAccessOf(id), times: 1 });

    const { ms, result } = await timed(() => lookUp(['p1', ...many]));
    expect([ms < 4_000, result.goodUntil]).toEqual([true, 0]);
    await until(async () => Object.keys(await findAccess(many)).length === many.length);
    expect(accessTargets()).toHaveLength(1 + many.length);
  });

  it('because nobody waits any more is learned nevertheless', async () => {
    await lookUp(['p1'], { withAccess: false });
    cloud.nova.isSlow(200, atAccess);
    const gone = new AbortController();
    const finding = timed(() => outcomeOf(findAccess(['p1'], gone.signal)));
    await until(() => accessTargets().length === 1);
    gone.abort();

    expect((await finding).result.kind).toBe('upstream timed out');
    expect([await findAccess(['p1']), accessTargets().length]).toEqual([ofEach(['p1']), 1]);
  });

  it('when the process ends leaves no request behind', async () => {
    await lookUp(many, { withAccess: false });
    cloud.nova.hangs(atAccess);
    const finding = outcomeOf(findAccess(many));
    await until(() => accessTargets().length === 6);
    await cache.close();

    expect([(await finding).kind, accessTargets().length]).toEqual(['unavailable', 6]);
  });
});
