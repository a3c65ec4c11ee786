import { createHash } from 'node:crypto';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { timed } from '../support/own-time';
import { aCall, anAsker, connect, passwordOf, type ClientOptions, type Clients } from './support/clients';
import { everythingSaidBy, failureOf, loginsAt, outcomeOf, validationsAt } from './support/expectations';

const requestId = aCall().globalRequestId;
const invalid = expect.objectContaining({ kind: 'unauthenticated', code: 'registered-flavors.token.invalid' });
const unavailable = expect.objectContaining({
  kind: 'unavailable',
  code: 'registered-flavors.keystone.unavailable',
});

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud();
  clients = connect(cloud);
});

afterEach(async () => {
  await cloud.close();
});

function reconnect(options: ClientOptions): void {
  clients = connect(cloud, options);
}

function validate(token: string) {
  return clients.validator.validate(token, anAsker());
}

describe('a valid token', () => {
  it.each([
    ['project', 'demo', ['member', 'reader']],
    ['unscoped', undefined, []],
    ['domain', undefined, ['member', 'reader']],
    ['system', undefined, ['member', 'reader']],
  ] as const)('of the scope %s belongs to somebody', async (scope, project, roles) => {
    const caller = await validate(cloud.keystone.tokenFor('alice', { scope }));

    const projectId = project && cloud.keystone.projectId(project);
    expect(caller).toEqual({
      userId: '538c1ed2d3124fc9aa8a54ce04263cf2',
      projectId,
      roles,
      accessRules: undefined,
    });
  });

  it('of an application credential with access rules is accepted, because we say that we know of them', async () => {
    const { userId } = await validate(cloud.keystone.tokenFor('bob', { accessRules: true }));

    expect(userId).toBe('155d1e1f33264e9bbd82ba8d8662349f');
    expect(cloud.keystone.requests.at(-1)?.headers['openstack-identity-access-rules']).toBe('1');
  });

  it.each([
    ['that name one request', [{ service: 'compute', method: 'GET', path: '/v2.1/**' }]],
    [
      'that name several requests',
      [
        { service: 'registered-flavors', method: 'GET', path: '/v1/registered-flavors' },
        { service: 'compute', method: 'POST', path: '/v2.1/servers/{server_id}/*' },
      ],
    ],
    ['that name none', []],
  ])('of an application credential brings the access rules along, the second time too: %s', async (_, accessRules) => {
    const token = cloud.keystone.tokenFor('bob', { accessRules });

    expect((await validate(token)).accessRules).toEqual(accessRules);
    expect((await validate(token)).accessRules).toEqual(accessRules);
    expect(validationsAt(cloud)).toBe(1);
  });

  it('of an application credential without access rules may be used for everything', async () => {
    const credentials = { method: 'application_credential', ...cloud.keystone.applicationCredential } as const;
    const { id } = await clients.keystone.issueToken(credentials, aCall());

    expect(await validate(id)).toHaveProperty('accessRules', undefined);
  });

  it('is validated without the catalog, under the request id of the call', async () => {
    await validate(cloud.keystone.tokenFor('alice'));

    expect(cloud.keystone.requests.map(({ target }) => target)).toEqual([
      '/v3/auth/tokens',
      '/v3/auth/tokens?nocatalog',
    ]);
    expect(cloud.keystone.requests.map(({ headers }) => headers['x-openstack-request-id'])).toEqual([
      requestId,
      requestId,
    ]);
  });
});

describe('a token that is not valid', () => {
  it.each([
    ['garbage', () => 'gAAAAA-not-a-token'],
    ['expired', () => cloud.keystone.tokenFor('alice', { lifetimeSeconds: -5 })],
    ['revoked', revokedToken],
  ])('is refused: %s', async (_, token) => {
    expect(await outcomeOf(validate(token()))).toEqual(invalid);
  });

  function revokedToken(): string {
    const token = cloud.keystone.tokenFor('alice');
    cloud.keystone.revoke(token);
    return token;
  }

  it.each([
    ['empty', ''],
    ['a space', 'abc def'],
    ['a line break', 'abc\r\nX-Injected: 1'],
    ['a line break at the end', 'abc\n'],
    ['non-ASCII', 'größe'],
    ['a control character', 'abc\u0000'],
  ])('never reaches Keystone when it is malformed: %s', async (_, token) => {
    expect(await outcomeOf(validate(token))).toEqual(invalid);
    expect(cloud.keystone.requests).toEqual([]);
  });

  it('is asked about again each time: a no is not remembered', async () => {
    await outcomeOf(validate('garbage'));
    await outcomeOf(validate('garbage'));

    expect(validationsAt(cloud)).toBe(2);
  });

  it('is not in the failure', async () => {
    expect(everythingSaidBy(await failureOf(validate('gAAAAA-not-a-token')))).not.toContain('gAAAAA-not-a-token');
  });
});

describe('a remembered token', () => {
  it('is asked about once', async () => {
    const token = cloud.keystone.tokenFor('alice');
    const first = await validate(token);
    clients.clock.passes(299);

    expect(await validate(token)).toEqual(first);
    expect(validationsAt(cloud)).toBe(1);
  });

  it('is kept under its hash, not as it is', async () => {
    const token = cloud.keystone.tokenFor('alice');
    await validate(token);

    const hash = createHash('sha256').update(token).digest('base64');
    expect([...clients.validator['remembered'].keys()]).toEqual([hash]);
  });

  it('is asked about again after the cache time', async () => {
    const token = cloud.keystone.tokenFor('alice');
    await validate(token);
    clients.clock.passes(300);
    await validate(token);

    expect(validationsAt(cloud)).toBe(2);
  });

  it('goes on working for the cache time when it is revoked, and not longer', async () => {
    const token = cloud.keystone.tokenFor('alice');
    await validate(token);
    cloud.keystone.revoke(token);
    clients.clock.passes(299);
    const { userId } = await validate(token);
    clients.clock.passes(1);

    expect(userId).toBe('538c1ed2d3124fc9aa8a54ce04263cf2');
    expect(await outcomeOf(validate(token))).toEqual(invalid);
  });

  it('ends when the token ends', async () => {
    const token = cloud.keystone.tokenFor('alice', { lifetimeSeconds: 60 });
    await validate(token);
    clients.clock.passes(61);

    expect(await outcomeOf(validate(token))).toEqual(invalid);
    expect(validationsAt(cloud)).toBe(1);
  });

  it('makes room for others: the one not used for the longest time goes first', async () => {
    reconnect({ tokenCache: { entries: 2 } });
    const [first, second, third] = ['alice', 'bob', 'carol'].map((name) => cloud.keystone.tokenFor(name)) as [
      string,
      string,
      string,
    ];
    for (const token of [first, second, first, third]) await validate(token);
    const before = validationsAt(cloud);
    await validate(first);
    const afterFirst = validationsAt(cloud);
    await validate(second);

    expect([before, afterFirst, validationsAt(cloud)]).toEqual([3, 3, 4]);
  });

  it('goes on working while Keystone is down; others do not', async () => {
    const known = cloud.keystone.tokenFor('alice');
    const unknown = cloud.keystone.tokenFor('bob');
    await validate(known);
    await cloud.keystone.stops();

    expect((await validate(known)).userId).toBe('538c1ed2d3124fc9aa8a54ce04263cf2');
    expect(await outcomeOf(validate(unknown))).toEqual(unavailable);
  });

  it('does not mix up tokens that are asked about at once', async () => {
    const names = ['alice', 'bob', 'carol', 'portal'];
    const tokens = names.map((name) => cloud.keystone.tokenFor(name));
    const callers = await Promise.all([...tokens, ...tokens].map(validate));

    expect(new Set(callers.map(({ userId }) => userId)).size).toBe(4);
    expect([validationsAt(cloud), loginsAt(cloud)]).toEqual([4, 1]);
    expect(callers.slice(4)).toEqual(callers.slice(0, 4));
  });
});

describe('equal tokens that arrive together', () => {
  it('ask once', async () => {
    const token = cloud.keystone.tokenFor('alice');
    cloud.keystone.isSlow(50);
    const callers = await Promise.all(Array.from({ length: 20 }, () => validate(token)));

    expect([callers.length, validationsAt(cloud)]).toEqual([20, 1]);
  });

  it('fail together, and the next one asks again', async () => {
    cloud.keystone.fails(400, { times: 1, path: /nocatalog/ });
    const token = cloud.keystone.tokenFor('alice');
    const outcomes = await Promise.all(Array.from({ length: 3 }, () => outcomeOf(validate(token))));

    expect(outcomes).toEqual([unavailable, unavailable, unavailable]);
    expect((await validate(token)).userId).toBe('538c1ed2d3124fc9aa8a54ce04263cf2');
    expect(validationsAt(cloud)).toBe(2);
  });
});

describe('our own token', () => {
  it('is renewed once when Keystone refuses it', async () => {
    await validate(cloud.keystone.tokenFor('bob'));
    cloud.keystone.expiresTokens();

    const { userId } = await validate(cloud.keystone.tokenFor('alice'));

    expect(userId).toBe('538c1ed2d3124fc9aa8a54ce04263cf2');
    expect([loginsAt(cloud), validationsAt(cloud)]).toEqual([2, 3]);
  });

  it('refused always makes us unavailable, never the caller unauthenticated', async () => {
    cloud.keystone.fails(401, { path: /nocatalog/ });

    expect(await outcomeOf(validate(cloud.keystone.tokenFor('alice')))).toEqual({
      kind: 'unavailable',
      code: 'registered-flavors.keystone.unavailable',
      detail: "Keystone refuses this service's own token, also a new one.",
    });
    expect([loginsAt(cloud), validationsAt(cloud)]).toEqual([2, 2]);
  });

  it('without the right to validate is told with the right that is missing', async () => {
    cloud.keystone.addUser('humble', 'service', ['member']);
    reconnect({ credentials: passwordOf(cloud, 'humble') });

    const { kind, detail } = await outcomeOf(validate(cloud.keystone.tokenFor('alice')));

    expect(kind).toBe('unavailable');
    expect(detail).toContain('identity:validate_token');
  });
});

describe('a Keystone that answers nonsense', () => {
  it.each([
    ['a router’s 404', () => cloud.keystone.fails(404, { body: '<html>404 Not Found</html>', path: /nocatalog/ })],
    ['another JSON’s 404', () => cloud.keystone.fails(404, { body: { message: 'no' }, path: /nocatalog/ })],
    ['garbage', () => cloud.keystone.answersGarbage({ path: /nocatalog/ })],
    ['an empty object', () => cloud.keystone.answersEmptyObject({ path: /nocatalog/ })],
    ['a failure', () => cloud.keystone.fails(500, { path: /nocatalog/ })],
  ])('is unavailable, and no token is called invalid: %s', async (_, goWrong) => {
    goWrong();

    expect(await outcomeOf(validate(cloud.keystone.tokenFor('alice')))).toEqual(unavailable);
  });

  it('is waited for no longer than the deadline, our own login included', async () => {
    reconnect({ keystoneDeadlineMs: 1_500 });
    await validate(cloud.keystone.tokenFor('bob'));
    cloud.keystone.expiresTokens();
    cloud.keystone.isSlow(1_000, { path: /nocatalog/ });
    cloud.keystone.hangs({ path: /\/auth\/tokens$/ });
    const alice = cloud.keystone.tokenFor('alice');

    const { ms, result } = await timed(() => outcomeOf(validate(alice)));

    expect([result, ms < 2_400]).toEqual([unavailable, true]);
  });
});
