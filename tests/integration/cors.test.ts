import { Page, type PageRequest } from '../support/page';
import { type StubWorld, startStubWorld } from '../support/stub-world';
import { exchange, sendOnTheWire, type WireRequest } from '../support/wire';

const PORTAL = 'https://portal.example';
const LOCAL = 'http://localhost:3000';
const READ = '/RegisteredFlavors/redis';
const JSON_BODY = { 'Content-Type': 'application/json' };
const OF_CORS = /^access-control-|^timing-|^cross-origin-/;

const ofCors = (headers: object) => Object.keys(headers).filter((name) => OF_CORS.test(name));
const preflightOf = (path: string, headers: Record<string, string> = {}): WireRequest => ({
  ...{ method: 'OPTIONS', path },
  headers: { Origin: PORTAL, 'Access-Control-Request-Method': 'GET', ...headers },
});

describe('where the origin of a portal is allowed', () => {
  let here: StubWorld;
  let portal: Page;
  beforeAll(async () => {
    here = await startStubWorld({
      CORS_ALLOWED_ORIGINS: `HTTPS://Portal.example, ${LOCAL}`,
      VALIDATE_RESPONSES: 'false', // as in production: targets are known then
    });
    await here.world.as('admin').post(`${READ}/1`).expect(201);
    portal = new Page(PORTAL, here.world.service);
  });
  afterEach(() => here.stub.keystone.heals());
  afterAll(() => here.world.close());

  const token = (of: 'admin' | 'member' | 'unscoped' = 'admin') => ({ 'X-Auth-Token': here.world.tokens[of] });
  const send = (request: WireRequest) => sendOnTheWire(here.world.service.url, request);

  it('its pages read, each page its own answer, however often and in whatever order the same is read', async () => {
    const pages = [PORTAL, LOCAL].map((origin) => new Page(origin, here.world.service));
    for (const page of [...pages, ...pages, ...pages.toReversed()]) {
      const { status, headers, body } = await page.fetch(READ, { headers: token() });
      expect([status, JSON.parse(body).registered_flavors.length]).toEqual([200, 1]);
      expect(Object.keys(headers).sort()).toEqual([
        ...['cache-control', 'cache-status', 'content-length', 'content-type', 'etag', 'openstack-api-version'],
        'x-openstack-request-id',
      ]);
      expect((await send({ path: READ, headers: token() })).body).toBe(body);
    }
  });

  it('its pages get 304, and HEAD', async () => {
    const { etag = '' } = (await portal.fetch(READ, { headers: token() })).headers;
    const same = { ...token(), 'If-None-Match': etag };
    expect(await portal.fetch(READ, { headers: same })).toMatchObject({ status: 304, headers: { etag }, body: '' });
    expect(await portal.fetch(READ, { method: 'HEAD', headers: token() })).toMatchObject({ status: 200, body: '' });
    const anew = { ...same, 'Cache-Control': 'no-cache' };
    expect(await portal.fetch(READ, { headers: anew })).toMatchObject({ status: 200 });
  });

  it('its pages write, by each method, and follow a request by its id', async () => {
    const ask = async (path: string, request: PageRequest) =>
      (await portal.fetch(path, { ...request, headers: { ...token(), ...request.headers } })).status;
    const id = 'req-11111111-2222-3333-4444-555555555555';
    const { etag = '' } = (await portal.fetch('/Registrations', { headers: token() })).headers;
    const { body } = await portal.fetch('/Registrations', { headers: token() });
    expect([
      await ask('/RegisteredFlavors/mysql/1', { method: 'POST', headers: { 'X-OpenStack-Request-Id': id } }),
      await ask('/RegisteredFlavors/mysql/1', { method: 'DELETE' }),
      await ask('/Registrations', { method: 'PUT', headers: { ...JSON_BODY, 'If-Match': etag }, body }),
      await ask('/Registrations', { method: 'PATCH', headers: JSON_BODY, body }),
      await ask('/RegisteredFlavors?dry_run=true', {
        method: 'POST',
        headers: { ...JSON_BODY, 'OpenStack-API-Version': 'registered-flavors 1.0' },
        body: '{"service_types":["redis"],"flavor_ids":["2"]}',
      }),
    ]).toEqual([201, 200, 200, 200, 201]);
    expect(here.world.service.log.some((line) => line.includes(`"global_request_id":"${id}"`))).toBe(true);
  });

  it.each<[string, number, string, PageRequest & { as?: 'admin' | 'member' | 'unscoped' | 'nobody' }, string[]?]>([
    ['no token', 401, READ, { as: 'nobody' }, ['www-authenticate']],
    ['a token that is none', 401, READ, { as: 'nobody', headers: { 'X-Auth-Token': 'x' } }, ['www-authenticate']],
    ['a token without a project', 403, READ, { as: 'unscoped' }],
    ['no right to write', 403, `${READ}/1`, { as: 'member', method: 'POST' }],
    ['a path that is not there', 404, '/nothing', {}],
    ['a flavor that is not there', 404, `${READ}/nothing`, { method: 'POST' }],
    ['a method that is not there', 405, READ, { method: 'PATCH' }, ['allow']],
    ['a query that is unknown', 400, `${READ}?no=no`, {}],
    ['a list that is malformed', 400, '/RegisteredFlavors/REDIS', {}],
    ['a version that is not offered', 406, READ, { headers: { 'OpenStack-API-Version': 'registered-flavors 9.9' } }],
    [
      'a registry that has changed',
      412,
      '/Registrations',
      { method: 'PUT', headers: { ...JSON_BODY, 'If-Match': '"x"' }, body: '{"registrations":{}}' },
    ],
    ['no condition', 428, '/Registrations', { method: 'PUT', headers: JSON_BODY, body: '{"registrations":{}}' }],
    ['a body that is too large', 413, '/RegisteredFlavors', { method: 'POST', headers: JSON_BODY, body: large(1.1) }],
    ['a body that nobody takes', 413, READ, { headers: JSON_BODY, body: large(0.2) }],
    ['a URL that is too long', 414, `${READ}/${'x'.repeat(50_000)}`, {}],
    [
      'a body of another kind',
      415,
      '/Registrations',
      { method: 'PATCH', headers: { 'Content-Type': 'a/b' }, body: '{}' },
      ['accept-patch'],
    ],
  ])('its pages read why: %s is %i', async (_what, status, path, { as = 'admin', ...request }, shown = []) => {
    const headers = { ...(as === 'nobody' ? {} : token(as)), ...request.headers };
    const answer = await portal.fetch(path, { ...request, headers });
    expect([answer.status, JSON.parse(answer.body).errors[0].status]).toEqual([status, status]);
    expect(Object.keys(answer.headers)).toEqual(expect.arrayContaining(['x-openstack-request-id', ...shown]));
  });

  it('its pages read that Keystone is away, and when to come again', async () => {
    here.stub.keystone.fails(503);
    const answer = await portal.fetch(READ, { headers: { 'X-Auth-Token': here.stub.keystone.tokenFor('alice') } });
    expect([answer.status, Number(answer.headers['retry-after']) > 0]).toEqual([503, true]);
  });

  it.each([
    ...[
      'https://portal.example.evil.example',
      'https://portal.example:8443',
      'http://portal.example',
      'portal.example',
    ],
    ...['https://PORTAL.example', 'https://portal.example/', `${PORTAL}, ${PORTAL}`, 'null', '*', 'undefined', ''],
  ])('serves the origin "%s" as ever, and lets no page of it read', async (origin) => {
    const elsewhere = { Origin: origin };
    const [plain, other] = [
      await send({ path: READ, headers: token() }),
      await send({ path: READ, headers: { ...token(), ...elsewhere } }),
    ];
    expect([other.status, other.body, ofCors(other.headers)]).toEqual([200, plain.body, []]);
    expect(other.headers['vary']).toBe('Origin, X-Auth-Token, OpenStack-API-Version');
    const before = await send(preflightOf(READ, { ...elsewhere, 'Access-Control-Request-Headers': 'x-auth-token' }));
    expect([before.status, before.headers['allow'], ofCors(before.headers)]).toEqual([405, 'GET, HEAD', []]);
    await expect(new Page(origin, here.world.service).fetch(READ, { headers: token() })).rejects.toThrow();
    await expect(new Page(origin, here.world.service).fetch('/')).rejects.toThrow();
  });

  it.each<[string, PageRequest]>([
    ['the token of a service', { headers: { 'X-Service-Token': 'x' } }],
    ['a header that means nothing', { headers: { 'X-Roles': 'admin' } }],
    ['what a cookie would be for', { headers: { Authorization: 'Basic eA==' } }],
    ['a method that the contract does not have', { method: 'PROPFIND' }],
  ])('does not let its pages send %s', async (_what, request) => {
    await expect(portal.fetch(READ, request)).rejects.toThrow('is not allowed');
  });

  it('says to caches that each answer depends on the origin, also where none is told', async () => {
    const { etag = '' } = (await send({ path: READ, headers: token() })).headers;
    const behindToken = 'Origin, X-Auth-Token, OpenStack-API-Version';
    const asked: [WireRequest, number, string][] = [
      [{ path: '/' }, 200, 'Origin'],
      [{ path: '/healthcheck' }, 200, 'Origin, Accept'],
      [{ path: '/healthcheck', method: 'HEAD' }, 204, 'Origin'],
      [{ path: '/nothing' }, 404, 'Origin'],
      [{ path: READ }, 401, 'Origin'],
      [{ path: READ, method: 'PUT' }, 405, 'Origin'],
      [{ path: READ, headers: token() }, 200, behindToken],
      [{ path: READ, headers: token(), method: 'HEAD' }, 200, behindToken],
      [{ path: READ, headers: { ...token(), 'If-None-Match': etag } }, 304, behindToken],
      [{ path: READ, headers: token('unscoped') }, 403, behindToken],
    ];
    for (const [request, status, vary] of asked) {
      for (const origin of [{}, { Origin: PORTAL }]) {
        const answer = await send({ ...request, headers: { ...request.headers, ...origin } });
        expect([request, answer.status, answer.headers['vary']]).toEqual([request, status, vary]);
        expect(ofCors(answer.headers).length).toBe('Origin' in origin ? 2 : 0);
      }
    }
  });

  it('gives each header once', async () => {
    const headers = `Host: x\r\nOrigin: ${PORTAL}\r\nX-Auth-Token: ${token()['X-Auth-Token']}\r\nConnection: close\r\n\r\n`;
    const [head = ''] = (await exchange(here.world.service.url, `GET ${READ} HTTP/1.1\r\n${headers}`)).split(
      '\r\n\r\n',
    );
    const names = head
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':')[0]!.toLowerCase());
    expect(names).toEqual([...new Set(names)]);
  });

  it('gives none to what is no request', async () => {
    const head = `Origin: ${PORTAL}\r\nHost: x\r\n`;
    const refused = [`GEt / HTTP/1.1\r\n${head}\r\n`, `GET / HTTP/1.1\r\n${head}X-A: ${'x'.repeat(70_000)}\r\n\r\n`];
    for (const bytes of refused) {
      const answer = await exchange(here.world.service.url, bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 4(00|31) /);
      expect(answer.toLowerCase()).not.toContain('access-control-');
    }
  });
});

describe('a portal, where there is a place for one request', () => {
  it('reads that the service is busy, since its preflight needs no place', async () => {
    const here = await startStubWorld({
      CORS_ALLOWED_ORIGINS: PORTAL,
      MAX_CONCURRENT_REQUESTS: '1',
      NOVA_TIMEOUT_MS: '5000',
    });
    try {
      const headers = { 'X-Auth-Token': here.world.tokens.admin };
      await here.world.as('admin').post(`${READ}/1`).expect(201);
      here.stub.nova.isSlow(1000, { path: /flavors/ });
      here.stub.nova.resetRequests();
      const first = here.world
        .as('admin')
        .post(`${READ}/1`)
        .then(({ status }) => status);
      while (here.stub.nova.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const answer = await new Page(PORTAL, here.world.service).fetch(READ, { headers });
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
      expect(await first).toBe(200);
    } finally {
      await here.world.close();
    }
  });
});

describe('where no origin is allowed', () => {
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld({ VALIDATE_RESPONSES: 'false' });
    await here.world.as('admin').post(`${READ}/1`).expect(201);
  });
  afterAll(() => here.world.close());

  it('answers as if nobody had told an origin, to the byte', async () => {
    const admin = { 'X-Auth-Token': here.world.tokens.admin };
    const { etag = '' } = (await sendOnTheWire(here.world.service.url, { path: READ, headers: admin })).headers;
    const asked: WireRequest[] = [
      ...['/', '/healthcheck', '/readiness', '/openapi.json', '/nothing', READ].map((path) => ({ path })),
      ...['GET', 'HEAD', 'PUT', 'OPTIONS'].map((method) => ({ method, path: READ, headers: admin })),
      { path: READ, headers: { ...admin, 'If-None-Match': etag } },
      { path: `${READ}?no=no`, headers: admin },
      { path: READ, headers: { 'X-Auth-Token': here.world.tokens.unscoped } },
      { method: 'OPTIONS', path: READ },
    ];
    for (const request of asked) {
      const told = {
        Origin: PORTAL,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Private-Network': 'true',
      };
      const [plain, ofPage] = [await raw(request), await raw({ ...request, headers: { ...request.headers, ...told } })];
      expect(ofPage).toBe(plain);
      expect(plain).not.toMatch(/^access-control-|^vary:.*origin/im);
    }
  });

  /** The bytes of an answer, but for what is its own. */
  async function raw({ method = 'GET', path, headers = {} }: WireRequest): Promise<string> {
    const lines = [`${method} ${path} HTTP/1.1`, 'Host: x', 'Connection: close'];
    for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
    const answer = await exchange(here.world.service.url, `${lines.join('\r\n')}\r\n\r\n`);
    return answer.replaceAll(/req-[0-9a-f-]{36}|^Date: .*$|(?<=^Cache-Status: ).*$/gm, '...');
  }
});

function large(mib: number): string {
  return `"${'x'.repeat(mib * 1024 * 1024)}"`;
}
