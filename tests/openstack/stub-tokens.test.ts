import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';

let cloud: StubCloud;
let adminToken: string;

beforeEach(async () => {
  cloud = await startStubCloud();
  adminToken = cloud.keystone.tokenFor('flavorsvc');
});

afterEach(async () => {
  await cloud.close();
});

/** Asks Nova, as flavorsvc unless another token is given. */
function askNova(path: string, { token = adminToken } = {}) {
  return fetch(`${cloud.novaUrl}${path}`, { headers: { 'X-Auth-Token': token } });
}

/** Asks Keystone about a token, as flavorsvc. */
function askKeystone(subject: string, headers: Record<string, string> = {}) {
  return fetch(`${cloud.authUrl}/auth/tokens`, {
    headers: { 'X-Auth-Token': adminToken, 'X-Subject-Token': subject, ...headers },
  });
}

async function statuses(count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let turn = 0; turn < count; turn += 1) seen.push((await askNova('/flavors/1')).status);
  return seen;
}

async function tokenBody(subject: string): Promise<Record<string, unknown>> {
  return ((await (await askKeystone(subject)).json()) as { token: Record<string, unknown> }).token;
}

describe('who is in a token', () => {
  const roles = async (username: string) => {
    const { roles, project } = await tokenBody(cloud.keystone.tokenFor(username));
    return [(project as { name: string }).name, ...(roles as { name: string }[]).map(({ name }) => name)];
  };

  it.each([
    ['admin', ['admin', 'admin', 'member', 'reader']],
    ['flavorsvc', ['service', 'admin', 'service', 'member', 'reader']],
    ['portal', ['service', 'service']],
    ['alice', ['demo', 'member', 'reader']],
    ['bob', ['demo', 'reader']],
    ['carol', ['other', 'member', 'reader']],
  ])('%s has its project and its roles, implied ones included', async (username, expected) => {
    expect(await roles(username)).toEqual(expected);
  });

  it('is whoever was added', async () => {
    cloud.keystone.addUser('dave', 'demo', ['observer']);

    expect(await roles('dave')).toEqual(['demo', 'observer']);
  });

  it.each([
    ['unscoped', []],
    ['domain', ['domain', 'roles', 'catalog']],
    ['system', ['system', 'roles', 'catalog']],
    ['project', ['project', 'is_domain', 'roles', 'catalog']],
  ] as const)('a %s token carries what belongs to its scope', async (scope, expected) => {
    const keys = Object.keys(await tokenBody(cloud.keystone.tokenFor('admin', { scope })));

    expect(keys).toEqual(['methods', 'user', 'audit_ids', 'expires_at', 'issued_at', ...expected]);
  });

  it('is asked by a service for anybody, by a member for itself alone', async () => {
    const subject = cloud.keystone.tokenFor('bob');
    const ask = async (username: string) => {
      const token = cloud.keystone.tokenFor(username);
      return (await askKeystone(subject, { 'X-Auth-Token': token })).status;
    };

    expect([await ask('portal'), await ask('alice'), await ask('bob')]).toEqual([200, 403, 200]);
  });

  it('is no project when somebody without a default one logs in without a scope', async () => {
    const { username, password } = cloud.keystone.credentials('admin');
    const user = { name: username, domain: { name: 'Default' }, password };
    const auth = { identity: { methods: ['password'], password: { user } } };
    const answer = await fetch(`${cloud.authUrl}/auth/tokens`, { method: 'POST', body: JSON.stringify({ auth }) });

    expect(answer.status).toBe(201);
    expect(await tokenBody(answer.headers.get('x-subject-token') ?? '')).not.toHaveProperty('project');
  });

  it('finds Nova in every region that was added, by the interfaces it has there', async () => {
    cloud.keystone.addRegion('RegionTwo', { internal: 'http://inside.example/v2.1' });
    const { catalog } = await tokenBody(cloud.keystone.tokenFor('alice'));
    const compute = (catalog as { type: string; endpoints: object[] }[]).find(({ type }) => type === 'compute');

    expect(compute?.endpoints).toMatchObject([
      { interface: 'public', region: 'RegionOne', url: cloud.novaUrl },
      { interface: 'internal', region: 'RegionOne', url: cloud.novaUrl },
      { interface: 'admin', region: 'RegionOne', url: cloud.novaUrl },
      { interface: 'internal', region: 'RegionTwo', url: 'http://inside.example/v2.1' },
    ]);
  });
});

describe('tokens that stop working', () => {
  it('expire at Keystone and at Nova, and new ones work', async () => {
    const before = await statuses(1);
    cloud.keystone.expiresTokens();
    const after = [...(await statuses(1)), (await askKeystone(adminToken)).status];
    adminToken = cloud.keystone.tokenFor('flavorsvc');

    expect([...before, ...after, ...(await statuses(1))]).toEqual([200, 401, 401, 200]);
  });

  it('are revoked at Keystone at once, at Nova only where it has not seen them', async () => {
    const [seen, unseen] = [cloud.keystone.tokenFor('alice'), cloud.keystone.tokenFor('alice')];
    await askNova('/flavors/1', { token: seen });
    for (const token of [seen, unseen]) cloud.keystone.revoke(token);

    const atNova = [await askNova('/flavors/1', { token: seen }), await askNova('/flavors/1', { token: unseen })];

    expect([(await askKeystone(seen)).status, ...atNova.map(({ status }) => status)]).toEqual([404, 200, 401]);
  });

  it('are rejected by Nova although they are valid', async () => {
    cloud.nova.rejectsTokens({ times: 1 });

    expect(await statuses(2)).toEqual([401, 200]);
  });

  it('of application credentials with access rules are shown only to those who understand the rules', async () => {
    const token = cloud.keystone.tokenFor('alice', { accessRules: true });

    const answers = [await askKeystone(token), await askKeystone(token, { 'OpenStack-Identity-Access-Rules': '1' })];

    expect(answers.map(({ status }) => status)).toEqual([404, 200]);
  });

  it('cannot be checked by Nova while Keystone is down, unless it has seen them', async () => {
    const seen = await statuses(1);
    await cloud.keystone.stops();

    const unseen = await askNova('/flavors/1', { token: cloud.keystone.tokenFor('alice') });

    expect([...seen, ...(await statuses(1)), unseen.status]).toEqual([200, 200, 503]);
  });
});
