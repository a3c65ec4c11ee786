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
function askNova(path: string, { token = adminToken, signal }: { token?: string; signal?: AbortSignal } = {}) {
  return fetch(`${cloud.novaUrl}${path}`, {
    headers: { 'X-Auth-Token': token, Accept: 'application/json', 'X-OpenStack-Nova-API-Version': '2.61' },
    redirect: 'manual',
    ...(signal && { signal }),
  });
}

/** Asks Keystone about a token, as flavorsvc. */
function askKeystone(subject: string, headers: Record<string, string> = {}) {
  return fetch(`${cloud.authUrl}/auth/tokens?nocatalog`, {
    headers: { 'X-Auth-Token': adminToken, 'X-Subject-Token': subject, ...headers },
  });
}

async function statuses(count: number, path = '/flavors/1'): Promise<number[]> {
  const seen: number[] = [];
  for (let turn = 0; turn < count; turn += 1) seen.push((await askNova(path)).status);
  return seen;
}

async function idsOf(path: string, token?: string): Promise<string[]> {
  const body = (await (await askNova(path, token === undefined ? {} : { token })).json()) as {
    flavors: { id: string }[];
  };
  return body.flavors.map(({ id }) => id);
}

describe('a server that fails', () => {
  it('fails as often as told, then works again', async () => {
    cloud.nova.fails(503, { times: 2 });

    expect(await statuses(3)).toEqual([503, 503, 200]);
  });

  it('fails until it heals', async () => {
    cloud.nova.fails(500);
    const before = await statuses(3);
    cloud.nova.heals();

    expect([...before, ...(await statuses(1))]).toEqual([500, 500, 500, 200]);
  });

  it('takes back one fault and keeps the others', async () => {
    const undo = cloud.nova.fails(500);
    cloud.nova.fails(503);
    const before = await statuses(1);
    undo();

    expect([...before, ...(await statuses(1))]).toEqual([500, 503]);
  });

  it('fails only where told', async () => {
    cloud.nova.fails(500, { path: /flavors\/2$/ });

    expect([...(await statuses(1, '/flavors/1')), ...(await statuses(1, '/flavors/2'))]).toEqual([200, 500]);
  });

  it.each([
    [400, { badRequest: { code: 400 } }],
    [401, { error: { code: 401, title: 'Unauthorized' } }],
    [403, { forbidden: { code: 403 } }],
    [404, { itemNotFound: { code: 404 } }],
    [409, { conflictingRequest: { code: 409 } }],
    [429, { overLimit: { code: 429 } }],
    [500, { computeFault: { code: 500 } }],
    [503, { serviceUnavailable: { code: 503 } }],
  ])("answers %d in Nova's shape", async (status, shape) => {
    cloud.nova.fails(status);

    const answer = await askNova('/flavors/1');

    expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status, body: shape });
  });

  it.each([401, 403, 500, 503])("answers %d in Keystone's shape", async (status) => {
    cloud.keystone.fails(status);

    const answer = await askKeystone(adminToken);

    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status,
      body: { error: { code: status } },
    });
  });

  it.each([502, 504])("answers %d with the load balancer's HTML", async (status) => {
    cloud.nova.fails(status);

    const answer = await askNova('/flavors/1');

    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html']);
    expect(await answer.text()).toMatch(/^<html>/);
  });

  it('says when to come back, and what else it is told to say', async () => {
    cloud.nova.fails(429, { retryAfter: 7, body: { slow: 'down' } });

    const answer = await askNova('/flavors/1');

    expect([answer.headers.get('retry-after'), await answer.json()]).toEqual(['7', { slow: 'down' }]);
  });
});

describe('a server that is slow', () => {
  it('never answers while it hangs', async () => {
    cloud.nova.hangs({ times: 1 });

    await expect(askNova('/flavors/1', { signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/);
    expect(await statuses(1)).toEqual([200]);
  });

  it('lets go of those that hang when the cloud closes', async () => {
    cloud.nova.hangs();
    const waiting = expect(askNova('/flavors/1')).rejects.toThrow('fetch failed');
    while (cloud.nova.requests.length === 0) await new Promise(setImmediate);

    await cloud.close();

    await waiting;
  });

  it('answers late, as it was when the request came', async () => {
    cloud.nova.isSlow(120);
    const start = performance.now();
    const late = askNova('/flavors/1');
    while (cloud.nova.requests.length === 0) await new Promise(setImmediate);
    cloud.nova.remove('1');

    expect((await late).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(110);
    cloud.nova.heals();
    expect(await statuses(1)).toEqual([404]);
  });

  it('drips its body after the headers', async () => {
    const whole = await (await askNova('/flavors/1')).text();
    cloud.nova.drips({ bytesPerSecond: whole.length * 5 });
    const start = performance.now();

    const answer = await askNova('/flavors/1');
    const headersAfter = performance.now() - start;
    const body = await answer.text();
    const bodyAfter = performance.now() - start;

    expect(body.length).toBe(whole.length);
    expect(bodyAfter).toBeGreaterThan(150);
    expect(headersAfter).toBeLessThan(bodyAfter - 100);
  });
});

describe('a server that answers badly', () => {
  it('drops the connection before a byte of the answer, and remembers the request', async () => {
    cloud.nova.dropsConnections({ times: 1 });

    await expect(askNova('/flavors/1')).rejects.toThrow('fetch failed');
    expect(cloud.nova.requests.map(({ target }) => target)).toEqual(['/v2.1/flavors/1']);
    expect(await statuses(1)).toEqual([200]);
  });

  it('sends half of the body without a sign that more was meant to come', async () => {
    const whole = await (await askNova('/flavors/1')).text();
    cloud.nova.truncates({ times: 1 });

    const half = await (await askNova('/flavors/1')).text();

    expect(half).toBe(whole.slice(0, Math.floor(whole.length / 2)));
    expect(await (await askNova('/flavors/1')).text()).toBe(whole);
  });

  it('sends garbage as whatever type it is told', async () => {
    cloud.nova.answersGarbage({ times: 1 });
    cloud.nova.answersGarbage({ contentType: 'text/html' });

    const answers = [await askNova('/flavors/1'), await askNova('/flavors/1')];

    expect(answers.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([
      [200, 'application/json'],
      [200, 'text/html'],
    ]);
    await expect(answers[0]?.json()).rejects.toThrow('is not valid JSON');
  });

  it('sends a huge body of well-formed JSON', async () => {
    cloud.nova.answersHuge(3_000_000);

    const text = await (await askNova('/flavors/detail')).text();

    expect(text.length).toBeGreaterThanOrEqual(3_000_000);
    expect(JSON.parse(text)).toHaveProperty('flavors', []);
  });

  it('sends a small body that inflates to a huge one', async () => {
    cloud.nova.answersGzipBomb(20_000_000);

    const raw = await fetch(`${cloud.novaUrl}/flavors`, { headers: { 'Accept-Encoding': 'gzip' } });
    const inflated = await raw.text();

    expect(raw.headers.get('content-encoding')).toBe('gzip');
    expect(inflated.length).toBeGreaterThanOrEqual(20_000_000);
    expect(JSON.parse(inflated)).toHaveProperty('flavors', []);
  });

  it('redirects, and answers with an empty object', async () => {
    cloud.nova.redirectsTo('http://elsewhere.example/v2.1', { times: 1 });
    cloud.keystone.answersEmptyObject();

    const moved = await askNova('/flavors/1');
    const empty = await askKeystone(adminToken);

    expect([moved.status, moved.headers.get('location')]).toEqual([302, 'http://elsewhere.example/v2.1']);
    expect([empty.status, await empty.json()]).toEqual([200, {}]);
  });
});

describe('a server that stops', () => {
  it('refuses connections, and comes back where it was', async () => {
    const port = cloud.nova.port;
    await cloud.nova.stops();
    await expect(askNova('/flavors/1')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });

    await cloud.nova.starts();

    expect([cloud.nova.port, ...(await statuses(1))]).toEqual([port, 200]);
  });
});

describe('a Nova that misleads', () => {
  it('shows a flavor with another id than the one asked for', async () => {
    cloud.nova.answersWrongId('42', { times: 1 });

    const names = [await (await askNova('/flavors/1')).json(), await (await askNova('/flavors/1')).json()];

    expect(names).toMatchObject([{ flavor: { id: '42', name: 'm1.nano' } }, { flavor: { id: '1' } }]);
  });

  it('loses the marker of a list', async () => {
    cloud.nova.losesMarker({ times: 1 });

    const seen = [...(await statuses(1, '/flavors?limit=1')), ...(await statuses(2, '/flavors?marker=1'))];

    expect(seen).toEqual([200, 400, 200]);
  });

  it('gives a next link that leads to the same page again', async () => {
    const first = await idsOf('/flavors?limit=2');
    cloud.nova.loopsNextLink();

    const second = await idsOf(`/flavors?limit=2&marker=${first.at(-1)}`);
    cloud.nova.heals();
    const healed = await idsOf(`/flavors?limit=2&marker=${first.at(-1)}`);

    expect(second).toEqual(first);
    expect(healed).not.toEqual(first);
  });

  it('takes an admin for anybody', async () => {
    const asAdmin = await idsOf('/flavors?is_public=None');
    cloud.nova.callerIsNotAdmin();

    const asAnybody = await idsOf('/flavors?is_public=None');

    expect(asAdmin.filter((id) => !asAnybody.includes(id))).toEqual([
      'b76eb12d-b54c-5c2f-aca3-785dbd147357',
      'priv-demo',
      'priv-none',
    ]);
  });

  it('cuts pages shorter than asked and leads on', async () => {
    cloud.nova.shortPages(3);

    const page = (await (await askNova('/flavors?limit=10')).json()) as { flavors: { id: string }[] };

    expect(page).toMatchObject({ flavors: { length: 3 }, flavors_links: [{ rel: 'next' }] });
  });

  it('may list for ever', async () => {
    cloud.nova.listsForEver(2);
    const pages = [await (await askNova('/flavors/detail')).json(), await (await askNova('/flavors/detail')).json()];

    expect(pages[0]).toMatchObject({ flavors: { length: 2 }, flavors_links: [{ rel: 'next' }] });
    expect(pages[1]).not.toEqual(pages[0]);
  });
});
