import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { temporaryFolder } from '../store/temporary-folder';
import { refusal } from '../support/expectations';
import { startStubWorld, type StubWorld } from '../support/stub-world';
import { exchange, sendOnTheWire } from '../support/wire';

describe('HTTP conventions', () => {
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld();
    await here.world.as('admin').post('/RegisteredFlavors/redis/1').expect(201);
  });
  afterAll(() => here.world.close());

  const read = '/RegisteredFlavors/redis';

  describe('request ids', () => {
    const form = /^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
    const globalId = 'req-11111111-2222-3333-4444-555555555555';

    it('are fresh for each answer, refusals included, and stand in each error entry', async () => {
      const answers = [
        await here.world.anonymous.get('/'),
        await here.world.anonymous.get('/nothing'),
        await here.world.as('member').get(read),
      ];
      const ids = answers.map(({ headers }) => headers['x-openstack-request-id'] as string);
      expect(ids).toEqual([expect.stringMatching(form), expect.stringMatching(form), expect.stringMatching(form)]);
      expect(new Set(ids).size).toBe(3);
      expect(answers[1]?.body.errors[0].request_id).toBe(ids[1]);
    });

    it('are told to Nova and Keystone: the inbound one as the global id, or else our own', async () => {
      here.stub.nova.resetRequests();
      here.stub.keystone.resetRequests();
      const token = here.stub.keystone.tokenFor('alice');

      await here.world.anonymous
        .get(read)
        .set('X-Auth-Token', token)
        .set('X-OpenStack-Request-Id', globalId)
        .expect(200);
      const own = await here.world.as('member').get(read).set('X-OpenStack-Request-Id', 'req-not-a-uuid');

      const sent = (requests: { headers: NodeJS.Dict<string | string[]> }[]) =>
        requests.map(({ headers }) => headers['x-openstack-request-id']);
      expect(sent(here.stub.keystone.requests)).toEqual([globalId]);
      expect(sent(here.stub.nova.requests)).toEqual([globalId, own.headers['x-openstack-request-id']]);
      expect(here.world.service.log.some((line) => line.includes(`"global_request_id":"${globalId}"`))).toBe(true);
    });
  });

  describe('versions', () => {
    const ask = (version: string) => here.world.as('member').get(read).set('OpenStack-API-Version', version);

    it.each([
      ['registered-flavors 1.0'],
      ['registered-flavors latest'],
      ['compute 2.93'],
      ['compute 2.1, registered-flavors 1.0'],
    ])('takes "%s"', async (version) => {
      const answer = await ask(version);
      expect([answer.status, answer.headers['openstack-api-version']]).toEqual([200, 'registered-flavors 1.0']);
    });

    it.each([['registered-flavors 1.1'], ['registered-flavors 0.9'], ['compute 2.1, registered-flavors 2.0']])(
      'answers 406 with the range to "%s"',
      async (version) => {
        const answer = await ask(version);
        expect(refusal(answer)).toEqual({ status: 406, codes: ['registered-flavors.version.not_acceptable'] });
        expect(answer.body.errors[0]).toMatchObject({ min_version: '1.0', max_version: '1.0' });
      },
    );

    it.each([['registered-flavors'], ['registered-flavors one'], ['registered-flavors 1.0 1.0']])(
      'answers 400 to "%s"',
      async (version) => {
        expect(refusal(await ask(version))).toEqual({ status: 400, codes: ['registered-flavors.version.invalid'] });
      },
    );

    it('are found without negotiating', async () => {
      const answer = await here.world.anonymous.get('/').set('OpenStack-API-Version', 'registered-flavors 9.9');
      expect([answer.status, answer.body.versions[0].max_version]).toEqual([200, '1.0']);
    });
  });

  it('does nothing under a condition that it does not look at', async () => {
    const { etag } = (await here.world.as('admin').get('/RegisteredFlavors/redis').expect(200)).headers;
    for (const write of ['post', 'delete'] as const) {
      const answer = here.world.as('admin')[write]('/RegisteredFlavors/redis/1').set('If-Match', etag!);
      expect(refusal(await answer)).toEqual({ status: 400, codes: ['registered-flavors.request.invalid'] });
    }
    const body = { service_types: ['redis'], flavor_ids: ['1'] };
    await here.world.as('admin').post('/RegisteredFlavors').set('If-Match', '*').send(body).expect(400);
  });

  it('writes no token into its log that a client has put into the URL', async () => {
    const token = here.world.tokens.member;
    await here.world.anonymous.get(`/RegisteredFlavors/redis?token=${token}`).expect(401);
    await here.world.as('admin').post(`/RegisteredFlavors/redis/${token}`).expect(404);
    for (const odd of ['%67AAAAABsecret', 'secret'])
      await here.world.anonymous.get(`/RegisteredFlavors?x_auth_token=${odd}&limit=1`).expect(401);
    await here.world.anonymous.get('/RegisteredFlavors/redis/eyJhbGciOi.eyJzdWIiOi.secret').expect(401);
    const log = here.world.service.log.filter((line) => line.includes('***'));
    expect([log.length, log.filter((line) => line.includes('&limit=1')).length]).toEqual([5, 2]);
    for (const secret of [token.slice(0, 30), 'secret']) expect(here.world.service.log.join()).not.toContain(secret);
  });

  it('logs one line for each request, and one for each change', async () => {
    const lines = () => here.world.service.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const before = lines().length;
    const changed = await here.world.as('admin').post('/RegisteredFlavors/mysql,logged/1,2').expect(201);
    await here.world.as('admin').post('/RegisteredFlavors/mysql,logged/1,2').expect(200);
    await here.world.as('admin').delete('/RegisteredFlavors/logged/1?dry_run=true').expect(200);
    await here.world.anonymous.get('/nothing?x=1').expect(404);
    const told = lines().slice(before);
    expect(told.filter(({ message }) => message === 'registrations changed')).toEqual([
      expect.objectContaining({
        ...{ registered: 4, deregistered: 0, service_types: ['logged', 'mysql'], level: 'info' },
        ...{ more_service_types: 0, flavor_ids: ['1', '2'], more_flavor_ids: 0 },
        request_id: changed.headers['x-openstack-request-id'],
      }),
    ]);
    const requests = told.filter(({ message }) => message === 'request');
    const route = '/RegisteredFlavors/{serviceTypes}/{flavorIDs}';
    expect(requests.map((line) => [line['method'], line['route'], line['status'], line['nova_requests']])).toEqual([
      ['POST', route, 201, 2],
      ['POST', route, 200, 2],
      ['DELETE', route, 200, 0],
      ['GET', undefined, 404, 0],
    ]);
    expect(requests[0]).toMatchObject({
      bytes: changed.text.length,
      user_id: expect.any(String),
      ms: expect.any(Number),
    });
  });

  it('tells caches what belongs to whom', async () => {
    const caching = ({ headers }: { headers: Record<string, string> }) => [headers['cache-control'], headers['vary']];
    expect({
      authenticated: caching(await here.world.as('member').get(read)),
      refused: caching(await here.world.as('unscoped').get(read)),
      public: caching(await here.world.anonymous.get('/')),
    }).toEqual({
      authenticated: ['private, no-cache', 'X-Auth-Token, OpenStack-API-Version'],
      refused: ['no-store', 'X-Auth-Token, OpenStack-API-Version'],
      public: ['no-cache', undefined],
    });
  });

  it.each([
    ['PUT', read, 'GET, HEAD'],
    ['OPTIONS', read, 'GET, HEAD'],
    ['PUT', '/RegisteredFlavors/redis/1', 'DELETE, GET, HEAD, POST'],
    ['PATCH', '/RegisteredFlavors/redis/1', 'DELETE, GET, HEAD, POST'],
    ['POST', '/', 'GET, HEAD'],
    ['DELETE', '/healthcheck', 'GET, HEAD'],
  ])('answers 405 to %s %s and allows %s, before it asks for a token', async (method, path, allowed) => {
    const answer = await sendOnTheWire(here.world.service.url, { method, path });
    expect([answer.status, answer.headers['allow']?.split(', ').sort().join(', ')]).toEqual([405, allowed]);
  });

  it.each([
    '/registeredflavors/redis',
    '/RegisteredFlavors/redis/',
    '/RegisteredFlavors/',
    '/RegisteredFlavors/redis/1/',
    '/RegisteredFlavors//1',
    '/ServiceTypes/',
    '/ServiceTypes/redis',
    '/healthcheck/',
    '/v1.0',
    '/favicon.ico',
    '//',
  ])('has nothing at %s', async (path) => {
    const answer = await sendOnTheWire(here.world.service.url, { path });
    expect([answer.status, JSON.parse(answer.body).errors[0].code]).toEqual([404, 'registered-flavors.path.not_found']);
  });

  it('says what to do about an endpoint of the catalog that ends with a slash', async () => {
    for (const path of ['//RegisteredFlavors/redis', '/RegisteredFlavors//redis']) {
      const { body } = await sendOnTheWire(here.world.service.url, { path });
      const { detail } = JSON.parse(body).errors[0] as { detail: string };
      expect(detail).toBe(
        `There is nothing at "${path}". It has two slashes in a row: take the slash off the end of the endpoint before you put a path behind it.`,
      );
    }
  });

  it('answers what is not HTTP in the shape of every other error', async () => {
    const answer = await exchange(here.world.service.url, 'GEt / HTTP/1.1\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('"code":"registered-flavors.request.invalid"');
  });

  describe('health', () => {
    const health = (accept: string) => here.world.anonymous.get('/healthcheck').set('Accept', accept);

    it('is text, or JSON for those who prefer it', async () => {
      expect((await health('*/*')).text).toBe('OK');
      expect((await health('text/plain')).text).toBe('OK');
      expect((await health('application/json')).body).toEqual({ detailed: false, reasons: ['OK'] });
    });

    it('is bad while the file is there that the operator has named, as oslo.middleware has it', async () => {
      const folder = temporaryFolder();
      const file = folder.in('disabled');
      await here.world.service.restart({ HEALTHCHECK_DISABLE_BY_FILE_PATH: file });
      await here.world.anonymous.get('/healthcheck').expect(200);
      writeFileSync(file, '');
      const answer = await health('text/plain').expect(503);
      expect([answer.text, Number(answer.headers['retry-after']) > 0]).toEqual(['DISABLED BY FILE', true]);
      expect((await health('application/json').expect(503)).body).toEqual({
        detailed: false,
        reasons: ['DISABLED BY FILE'],
      });
      await here.world.anonymous.head('/healthcheck').expect(503);
      expect((await here.world.anonymous.get('/readiness').expect(503)).body.errors[0].code).toBe(
        'registered-flavors.service.disabled',
      );
      folder.remove();
      await here.world.anonymous.get('/readiness').expect(200);
      await here.world.anonymous.get('/healthcheck').expect(200);
    });

    it('is good while Keystone and Nova are away', async () => {
      await here.stub.keystone.stops();
      await here.stub.nova.stops();
      try {
        await here.world.anonymous.get('/healthcheck').expect(200);
        await here.world.anonymous.head('/healthcheck').expect(204);
      } finally {
        await here.stub.keystone.starts();
        await here.stub.nova.starts();
      }
    });
  });

  it('serves the contract itself', async () => {
    const contract = parse(readFileSync(path.join(__dirname, '../../api-spec.yaml'), 'utf8')) as unknown;
    expect((await here.world.anonymous.get('/openapi.json')).body).toEqual(contract);
  });

  describe('a page or a proxy in between', () => {
    const ofCors = (headers: object) => Object.keys(headers).filter((name) => name.startsWith('access-control-'));

    it('gets no CORS header, neither for a request from elsewhere nor for the question before it', async () => {
      const origin = { Origin: 'https://elsewhere.example' };
      const simple = await here.world.as('admin').get(read).set(origin).expect(200);
      const before = await here.world.anonymous
        .options(read)
        .set({ ...origin, 'Access-Control-Request-Method': 'DELETE', 'Access-Control-Request-Headers': 'X-Auth-Token' })
        .expect(405);
      expect([...ofCors(simple.headers), ...ofCors(before.headers)]).toEqual([]);
    });

    it('is not believed about who asks, for which host and path, and by which method', async () => {
      const told = {
        ...{ 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Host': 'elsewhere.example', 'X-Forwarded-Proto': 'https' },
        ...{ 'X-Forwarded-Prefix': '/elsewhere', 'X-Real-IP': '203.0.113.7', Forwarded: 'for=203.0.113.7' },
        ...{ 'X-HTTP-Method-Override': 'DELETE', 'X-Original-URL': '/ServiceTypes' },
      };
      const ask = () => here.world.as('admin').get('/RegisteredFlavors?limit=1');
      const [plain, forwarded] = [await ask().expect(200), await ask().set(told).expect(200)];
      expect(forwarded.text).toBe(plain.text);
      expect(forwarded.headers['etag']).toBe(plain.headers['etag']);
      expect(here.world.service.log.filter((line) => /203\.0\.113|elsewhere/.test(line))).toEqual([]);
    });
  });
});
