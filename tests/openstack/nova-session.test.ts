import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, connect, createCache, passwordOf, type ClientOptions, type Clients } from './support/clients';
import {
  everythingSaidBy,
  failureOf,
  flavorRequestsAt,
  loginsAt,
  outcomeOf,
  PROBE,
  probesAt,
} from './support/expectations';
import { until } from '../support/until';

const atProbe = { path: PROBE };
const nothingAsked = { gets: 0, pages: 0 };
const badAnswer = { kind: 'upstream answered badly', code: 'registered-flavors.nova.bad_answer' };
const notAdmin = {
  kind: 'unavailable',
  code: 'registered-flavors.nova.not_admin',
  detail: expect.stringContaining('role admin'),
};

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud();
  clients = connect(cloud);
});

afterEach(async () => {
  expect(cloud.nova.writes).toBe(0);
  await cloud.close();
});

function reconnect(options: ClientOptions): void {
  clients = connect(cloud, options);
}

function getFlavor(id = '1', signal?: AbortSignal) {
  return clients.nova.getFlavor(id, aCall(signal));
}

function lookUp(...flavorIds: string[]) {
  return createCache(clients).lookUp(flavorIds, { ...aCall(), accept: 'the current', withAccess: false });
}

function firstProbe() {
  return cloud.nova.requests.find(({ target }) => PROBE.test(target));
}

describe('the question whether Nova takes us for an admin', () => {
  it('is asked after the version and before any flavor, in that version and with our token', async () => {
    cloud.nova.maxMicroversion = '2.93';
    await getFlavor();

    expect(cloud.nova.requests.map(({ target }) => target)).toEqual([
      '/v2.1/',
      '/v2.1/flavors/detail?limit=1&is_public=maybe',
      '/v2.1/flavors/1',
    ]);
    expect(firstProbe()?.headers).toMatchObject({
      'openstack-api-version': 'compute 2.93',
      'x-auth-token': cloud.nova.requests.at(-1)?.headers['x-auth-token'],
      'x-openstack-request-id': aCall().globalRequestId,
    });
  });

  it.each(['2.61', '2.74', '2.75', '2.101', '2.110'])('is understood by Nova up to %s', async (version) => {
    cloud.nova.maxMicroversion = version;

    expect((await getFlavor('priv-none'))?.id).toBe('priv-none');
    cloud.nova.callerIsNotAdmin();
    reconnect({});
    expect(await outcomeOf(getFlavor('priv-none'))).toEqual(notAdmin);
  });

  it('is asked once per token, however many flavors are', async () => {
    await Promise.all(['1', '2', '3', '4', '5', '42'].map((id) => getFlavor(id)));
    await lookUp('1', 'priv-none');
    await clients.nova.discover(aCall());

    expect([probesAt(cloud), loginsAt(cloud), flavorRequestsAt(cloud).gets]).toEqual([1, 1, 8]);
  });

  it('is asked again of a renewed token, once', async () => {
    await getFlavor();
    clients.clock.passes(3601);
    await Promise.all([getFlavor('1'), getFlavor('2'), getFlavor('3')]);

    expect([probesAt(cloud), loginsAt(cloud), flavorRequestsAt(cloud).gets]).toEqual([2, 2, 4]);
  });
});

describe('a service user that is no admin', () => {
  it.each([
    ['whose token has only the role service', () => withRoles('service')],
    ['whose token has no role of use', () => withRoles('member', 'reader')],
    ['whom Nova’s policy takes for an ordinary one', () => void cloud.nova.callerIsNotAdmin()],
  ])('is told, and nothing is called missing: one %s', async (_, arrange) => {
    arrange();

    expect(await outcomeOf(lookUp('1', 'priv-none', 'nowhere'))).toEqual(notAdmin);
    expect(await outcomeOf(lookUp('detail'))).toEqual(notAdmin);
    expect(await outcomeOf(clients.nova.discover(aCall()))).toEqual(notAdmin);
    expect([flavorRequestsAt(cloud), probesAt(cloud), loginsAt(cloud)]).toEqual([nothingAsked, 1, 1]);
  });

  function withRoles(...roles: string[]): void {
    cloud.keystone.addUser('humble', 'service', roles);
    reconnect({ credentials: passwordOf(cloud, 'humble') });
  }

  it('learns of no access either', async () => {
    cloud.nova.callerIsNotAdmin();

    expect(await outcomeOf(clients.directory.getAccess('p', 'req-1'))).toEqual(notAdmin);
    expect([flavorRequestsAt(cloud), probesAt(cloud)]).toEqual([nothingAsked, 1]);
  });

  it('is asked after again with another token when 10 s have passed, and serves when the role has come', async () => {
    const roleComes = cloud.nova.callerIsNotAdmin();
    await outcomeOf(getFlavor());
    roleComes();
    clients.clock.passes(9.999);
    expect(await outcomeOf(getFlavor())).toEqual(notAdmin);
    clients.clock.passes(0.001);

    expect((await getFlavor('priv-none'))?.id).toBe('priv-none');
    expect([probesAt(cloud), loginsAt(cloud)]).toEqual([2, 2]);
    const tokens = cloud.nova.requests
      .filter(({ target }) => PROBE.test(target))
      .map((it) => it.headers['x-auth-token']);
    expect(new Set(tokens).size).toBe(2);
  });

  it('costs one login in 10 s, however many ask', async () => {
    cloud.nova.callerIsNotAdmin();
    const counts: number[][] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcomeOf(lookUp('1', '2'))));
      expect(outcomes).toEqual(Array.from({ length: 20 }, () => notAdmin));
      counts.push([loginsAt(cloud), probesAt(cloud)]);
      clients.clock.passes(5);
      expect(await outcomeOf(getFlavor())).toEqual(notAdmin);
      clients.clock.passes(5);
    }

    expect(counts).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(flavorRequestsAt(cloud)).toEqual(nothingAsked);
  });

  it('is found out when a renewed token has lost the role', async () => {
    await getFlavor();
    cloud.nova.resetRequests();
    cloud.nova.callerIsNotAdmin();
    clients.clock.passes(3601);

    expect(await outcomeOf(lookUp('priv-none'))).toEqual(notAdmin);
    expect(flavorRequestsAt(cloud)).toEqual(nothingAsked);
  });
});

describe('an answer that says neither yes nor no', () => {
  it.each([
    ['500', 'bad_answer', () => cloud.nova.fails(500, atProbe)],
    ['503', 'unavailable', () => cloud.nova.fails(503, atProbe)],
    ['403', 'unavailable', () => cloud.nova.fails(403, atProbe)],
    ['a router’s 404', 'bad_answer', () => cloud.nova.fails(404, { ...atProbe, body: '<html>404' })],
    ['another’s 400', 'bad_answer', () => cloud.nova.fails(400, { ...atProbe, body: '<html>400 Bad Request' })],
    ['a redirect', 'bad_answer', () => cloud.nova.redirectsTo('http://127.0.0.1:1/', atProbe)],
    ['garbage', 'bad_answer', () => cloud.nova.answersGarbage(atProbe)],
    ['no end', 'timeout', () => cloud.nova.hangs(atProbe)],
    ['a dropped connection', 'unavailable', () => cloud.nova.dropsConnections(atProbe)],
  ])('is a failure that is not remembered, without a token in it: %s', async (_, code, goWrong) => {
    reconnect({ attemptTimeoutMs: 1_000 });
    goWrong();
    const error = await failureOf(lookUp('1', 'nowhere'));
    cloud.nova.heals();

    expect(error.problems[0]?.code).toBe(`registered-flavors.nova.${code}`);
    expect(flavorRequestsAt(cloud)).toEqual(nothingAsked);
    expect(everythingSaidBy(error)).not.toContain(firstProbe()?.headers['x-auth-token']);
    expect((await getFlavor('priv-none'))?.id).toBe('priv-none');
    expect(loginsAt(cloud)).toBe(1);
  });

  it('does not fail for others because the one who began has gone', async () => {
    cloud.nova.isSlow(150, atProbe);
    const gone = new AbortController();
    const first = getFlavor('1', gone.signal);
    await until(() => probesAt(cloud) === 1);
    const second = getFlavor('2');
    gone.abort();

    await outcomeOf(first);
    expect((await second)?.id).toBe('2');
    expect([probesAt(cloud), flavorRequestsAt(cloud).gets]).toEqual([1, 1]);
  });

  it('that is Nova’s word on a version it no longer speaks lets the next one agree on another', async () => {
    await getFlavor();
    cloud.nova.maxMicroversion = '2.70';
    clients.clock.passes(3601); // the next token: the first that the changed Nova sees of us is the question

    expect(await outcomeOf(getFlavor())).toMatchObject(badAnswer);
    expect((await getFlavor())?.id).toBe('1');
  });
});

describe('our token, refused where it should say who we are', () => {
  it('is renewed once', async () => {
    cloud.nova.rejectsTokens({ ...atProbe, times: 1 });

    expect((await getFlavor('priv-none'))?.id).toBe('priv-none');
    expect([loginsAt(cloud), probesAt(cloud), flavorRequestsAt(cloud).gets]).toEqual([2, 2, 1]);
  });

  it('is renewed once for all who wait', async () => {
    cloud.nova.rejectsTokens({ ...atProbe, times: 1 });
    await Promise.all(['1', '2', '3', '4', '5', '42'].map((id) => getFlavor(id)));

    expect([loginsAt(cloud), probesAt(cloud)]).toEqual([2, 2]);
  });

  it('always, makes us unavailable', async () => {
    cloud.nova.rejectsTokens();

    expect(await outcomeOf(lookUp('1', 'nowhere'))).toEqual({
      kind: 'unavailable',
      code: 'registered-flavors.nova.unavailable',
      detail: expect.stringMatching(
        /^Nova refuses this service's own token, also a new one \(401\)\. If .* access rules/,
      ),
    });
    expect([loginsAt(cloud), probesAt(cloud), flavorRequestsAt(cloud)]).toEqual([2, 2, nothingAsked]);
  });

  it('is asked about again when Nova takes it', async () => {
    const heal = cloud.nova.rejectsTokens();
    await outcomeOf(getFlavor());
    heal();

    expect((await getFlavor())?.id).toBe('1');
  });
});
