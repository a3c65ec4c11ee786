import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, connect, wanted, type ClientOptions, type Clients } from './support/clients';
import {
  flavorRequestsAt,
  loginsAt,
  outcomeOf,
  PROBE,
  probesAt,
  timed,
  plainPrivateFlavor,
  until,
} from './support/expectations';

const atAccess = { path: /\/os-flavor-access$/ };
const atAccessOf = (id: string) => ({ path: new RegExp(`/${id}/os-flavor-access$`) });
const many = Array.from({ length: 12 }, (_, index) => `many-${index}`);

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud();
  for (const id of ['p1', 'p2', 'with spaces in it', ...many]) addPrivate(id, [`project of ${id}`]);
  clients = connect(cloud);
});

afterEach(async () => {
  expect(cloud.nova.writes).toBe(0);
  await cloud.close();
});

function reconnect(options: ClientOptions): void {
  clients = connect(cloud, options);
}

function addPrivate(id: string, projects: string[]): void {
  cloud.nova.add({ id, name: id, ram: 1, vcpus: 1, disk: 1, is_public: false, projects });
}

function getAccess(id: string) {
  return clients.nova.getFlavorAccess(id, aCall());
}

async function findAccess(flavorIds: readonly string[], signal?: AbortSignal) {
  const { learned } = await clients.directory.findAccess(flavorIds.map(plainPrivateFlavor), aCall(signal));
  return Object.fromEntries([...learned].map(([id, projectIds]) => [id, [...projectIds].sort()]));
}

function ofEach(flavorIds: readonly string[]) {
  return Object.fromEntries(flavorIds.map((id) => [id, [`project of ${id}`]]));
}

function accessTargets(): string[] {
  return cloud.nova.requests.map(({ target }) => target).filter((target) => target.search(atAccess.path) >= 0);
}

/** What was said of access, and with which fields. */
function warnings() {
  return clients.lines
    .map((line) => JSON.parse(line) as { level: string; message: string; flavors?: number; reason?: string })
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

  it('is not given to a flavor whose id went to another one before the list was asked for', async () => {
    giveP1ToAnother();

    expect(await findAccess(['p1', 'p2'])).toEqual(ofEach(['p2']));
  });

  it('is not given to a flavor whose id went to another one while the list came', async () => {
    cloud.nova.isSlow(60, { ...atAccessOf('p1'), times: 1 });
    const finding = findAccess(['p1', 'p2']);
    await until(() => accessTargets().length === 2);
    giveP1ToAnother();

    expect(await finding).toEqual(ofEach(['p2']));
  });

  it('is as old as the look-up that it belongs to', async () => {
    cloud.nova.isSlow(50, atAccess);
    const askedAt = clients.clock.now();
    const looking = clients.directory.lookUp(wanted(['p1'], true), aCall().globalRequestId);
    await until(() => accessTargets().length === 1);
    clients.clock.passes(9);

    expect((await looking).askedAt).toBe(askedAt);
  });

  it('is never asked for by an id that no path can carry', async () => {
    addPrivate('detail', ['demo']);

    expect(await findAccess(['detail', '.', '..', 'p1'])).toEqual({ detail: [], '.': [], '..': [], ...ofEach(['p1']) });
    expect(accessTargets()).toEqual(['/v2.1/flavors/p1/os-flavor-access']);
    expect(flavorRequestsAt(cloud)).toEqual({ gets: 2, pages: 0 }); // the list, and the flavor once more
  });

  it('asks nothing for nothing', async () => {
    expect([await findAccess([]), await findAccess(['detail'])]).toEqual([{}, { detail: [] }]);
    expect([cloud.nova.requests, cloud.keystone.requests]).toEqual([[], []]);
  });

  it('goes in parallel, and no wider than it may', async () => {
    reconnect({ maxConcurrentRequests: 3 });
    cloud.nova.isSlow(60, atAccess);

    expect(await findAccess(many)).toEqual(ofEach(many));
    expect(cloud.nova.maxConcurrent).toBe(3);
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
  ])('at all is nobody’s failure, and logged once: %s', async (_, goWrong) => {
    await goWrong();

    expect(await findAccess(['p1', 'p2'])).toEqual({});
    expect(warnings()).toEqual([expect.objectContaining({ level: 'warn', flavors: 2 })]);
  });

  it('because Nova refuses each of our tokens does not cost more than two logins, however many are asked for', async () => {
    reconnect({ maxConcurrentRequests: 2 });
    cloud.nova.rejectsTokens();

    expect(await findAccess(many)).toEqual({});
    expect(loginsAt(cloud)).toBe(2);
  });

  it('by the deadline is left out; what was learned counts', async () => {
    reconnect({ novaDeadlineMs: 2_000, maxConcurrentRequests: 4 });
    for (const id of ['many-3', 'many-4', 'many-5']) cloud.nova.hangs(atAccessOf(id));

    const { ms, result } = await timed(() => findAccess(['p1', 'p2', ...many]));

    expect(result).toEqual(ofEach(['p1', 'p2', ...many.filter((id) => !/-[345]$/.test(id))]));
    expect(ms).toBeLessThan(4_000);
    expect(warnings()).toEqual([expect.objectContaining({ reason: expect.stringContaining('deadline') })]);
  });

  it('by the deadline leaves no request behind', async () => {
    reconnect({ novaDeadlineMs: 150, maxConcurrentRequests: 2 });
    cloud.nova.isSlow(100, atAccess);
    await findAccess(many);
    const asked = accessTargets().length;
    await new Promise((resolve) => setTimeout(resolve, 200));

    expect(accessTargets()).toHaveLength(asked);
    expect(asked).toBeLessThan(many.length);
  });

  it('while Keystone hangs is given up at the deadline', async () => {
    reconnect({ novaDeadlineMs: 500, keystoneDeadlineMs: 8_000, attemptTimeoutMs: 8_000 });
    cloud.keystone.hangs();

    const { ms, result } = await timed(() => findAccess(['p1']));

    expect(result).toEqual({});
    expect(ms).toBeLessThan(5_000);
  });

  it('because nobody waits any more ends at once', async () => {
    cloud.nova.hangs(atAccess);
    const gone = new AbortController();
    const finding = timed(() => findAccess(['p1'], gone.signal));
    await until(() => accessTargets().length === 1);
    gone.abort();

    expect((await finding).ms).toBeLessThan(1_500);
    expect((await finding).result).toEqual({});
  });
});
