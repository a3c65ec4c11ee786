import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { believableFlavors, manyFlavors } from '../../src/stub/stub-flavors';

let cloud: StubCloud;
let adminToken: string;

beforeEach(async () => {
  cloud = await startStubCloud();
  adminToken = cloud.keystone.tokenFor('flavorsvc');
});

afterEach(async () => {
  await cloud.close();
});

interface Ask {
  token?: string;
  method?: string;
  version?: string;
  body?: object;
}

/** Asks Nova, as flavorsvc at 2.61 unless told otherwise. */
function askNova(path: string, { token = adminToken, method = 'GET', version = '2.61', body }: Ask = {}) {
  return fetch(`${cloud.novaUrl}${path}`, {
    method,
    headers: { 'X-Auth-Token': token, Accept: 'application/json', 'X-OpenStack-Nova-API-Version': version },
    ...(body && { body: JSON.stringify(body) }),
  });
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
});

describe('what the stub remembers', () => {
  it('are the requests, in order, until it is told to forget', async () => {
    await askNova('/flavors/a%20b?x=1');
    await fetch(`${cloud.novaUrl}/flavors/1`, { method: 'DELETE', headers: { 'X-Auth-Token': 'garbage' } });
    const { requests, writes } = cloud.nova;
    cloud.nova.resetRequests();

    expect(requests).toMatchObject([
      {
        method: 'GET',
        target: '/v2.1/flavors/a%20b?x=1',
        path: '/v2.1/flavors/a%20b',
        headers: { 'x-auth-token': adminToken },
      },
      { method: 'DELETE', target: '/v2.1/flavors/1', at: expect.any(Number) },
    ]);
    expect([writes, cloud.nova.writes, cloud.nova.requests]).toEqual([1, 0, []]);
  });

  it('is how many requests were in flight at once', async () => {
    cloud.nova.isSlow(50);

    await Promise.all(['1', '2', '3', '4'].map((id) => askNova(`/flavors/${id}`)));

    expect(cloud.nova.maxConcurrent).toBe(4);
  });
});

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

describe('flavors that change', () => {
  it('come and go over HTTP as they do by the words of the stub', async () => {
    const flavor = { id: 'x1', name: 'x one', ram: 64, vcpus: 1, disk: 0, 'os-flavor-access:is_public': false };
    const project = cloud.keystone.projectId('other');
    const token = cloud.keystone.tokenFor('carol');
    const seenByCarol = async () => (await askNova('/flavors/x1', { token })).status;
    const act = async (body: object) => (await askNova('/flavors/x1/action', { method: 'POST', body })).status;

    const story = [
      (await askNova('/flavors', { method: 'POST', body: { flavor } })).status,
      await seenByCarol(),
      await act({ addTenantAccess: { tenant: project } }),
      await seenByCarol(),
      await act({ addTenantAccess: { tenant: project } }),
      await act({ removeTenantAccess: { tenant: project } }),
      await seenByCarol(),
      (await askNova('/flavors/x1', { method: 'DELETE' })).status,
      (await askNova('/flavors/x1')).status,
    ];

    expect(story).toEqual([200, 404, 200, 200, 409, 200, 404, 202, 404]);
  });

  it('are granted, changed, removed and added again without HTTP', async () => {
    const [project, token] = [cloud.keystone.projectId('other'), cloud.keystone.tokenFor('carol')];
    const seen = async () => (await askNova('/flavors/priv-none', { token })).status;

    const story = [await seen()];
    cloud.nova.grant('priv-none', project);
    story.push(await seen());
    cloud.nova.revokeAccess('priv-none', project);
    story.push(await seen());
    cloud.nova.change('priv-none', { is_public: true });
    story.push(await seen());
    cloud.nova.remove('priv-none');
    story.push(await seen());
    cloud.nova.add({ id: 'priv-none', name: 'again', ram: 1, vcpus: 1, disk: 1 });
    story.push(await seen());

    expect(story).toEqual([404, 200, 404, 200, 404, 200]);
  });

  it('have no list of projects when they are public', async () => {
    const answer = await askNova('/flavors/1/os-flavor-access');

    expect([answer.status, Object.keys((await answer.json()) as object)]).toEqual([404, ['itemNotFound']]);
  });
});

describe('a newer or older Nova', () => {
  const keys = async (version: string) => {
    const { flavor } = (await (await askNova('/flavors/1', { version })).json()) as { flavor: object };
    return Object.keys(flavor);
  };

  it.each([
    ['2.54', '', false, false],
    ['2.55', '', true, false],
    ['2.60', '', true, false],
    ['2.61', '', true, true],
    ['2.74', '', true, true],
    ['2.75', 0, true, true],
  ])('at %s writes swap, description and extra_specs as of then', async (version, swap, hasDescription, hasSpecs) => {
    const { flavor } = (await (await askNova('/flavors/1', { version })).json()) as { flavor: Record<string, unknown> };

    expect([flavor['swap'], 'description' in flavor, 'extra_specs' in flavor]).toEqual([
      swap,
      hasDescription,
      hasSpecs,
    ]);
  });

  it('drops rxtx_factor and disabled from 2.102 on', async () => {
    cloud.nova.maxMicroversion = '2.103';
    const [before, after] = [await keys('2.101'), await keys('2.102')];

    expect(before.filter((key) => !after.includes(key))).toEqual(['OS-FLV-DISABLED:disabled', 'rxtx_factor']);
  });

  it('answers 406 above its highest, and says so', async () => {
    cloud.nova.maxMicroversion = '2.53';

    const answer = await askNova('/flavors/1', { version: '2.61' });

    expect([answer.status, await answer.text()]).toEqual([406, expect.stringContaining('maximum is 2.53')]);
  });
});

describe('links', () => {
  it('name the host the client asked for', async () => {
    const answer = await fetch(`http://localhost:${cloud.nova.port}/v2.1/flavors/1`, {
      headers: { 'X-Auth-Token': adminToken },
    });

    expect(await answer.text()).toContain(`"href":"http://localhost:${cloud.nova.port}/v2.1/flavors/1"`);
  });

  it('lead through all flavors page by page', async () => {
    cloud.nova.add(...manyFlavors(40));
    const seen: string[] = [];
    let path: string | undefined = '/flavors?is_public=None&limit=7';
    while (path !== undefined) {
      const page = (await (await askNova(path)).json()) as {
        flavors: { id: string }[];
        flavors_links?: { href: string }[];
      };
      seen.push(...page.flavors.map(({ id }) => id));
      path = page.flavors_links?.[0]?.href.replace(cloud.novaUrl, '');
    }

    const expected = [...believableFlavors(), ...manyFlavors(40)].map(({ id }) => id).sort();
    expect(seen).toEqual(expected);
  });
});

describe('a second cloud', () => {
  it('does not start where another one listens', async () => {
    await expect(startStubCloud({ novaPort: cloud.nova.port })).rejects.toThrow('EADDRINUSE');
  });

  it('has tokens of its own', async () => {
    const other = await startStubCloud();
    const answer = await askNova('/flavors/1', { token: other.keystone.tokenFor('alice') });
    await other.close();

    expect(answer.status).toBe(401);
  });
});
