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
    cloud.nova.isSlow(2_000);

    await Promise.all(['1', '2', '3', '4'].map((id) => askNova(`/flavors/${id}`)));

    expect(cloud.nova.maxConcurrent).toBe(4);
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
