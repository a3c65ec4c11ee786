import type { WireAnswer } from '../support/contract-answers';
import { type StubWorld, startStubWorld } from '../support/stub-world';
import { sendOnTheWire, type WireRequest } from '../support/wire';

const PATHS = [
  ...['/errors', '/errors/registered-flavors.path.not_found', '/errors/no-such', '/errors/..%2f'],
  ...['/', '/healthcheck', '/readiness', '/openapi.json', '/ServiceTypes', '/Registrations', '/RegistrationEvents'],
  ...[
    '/RegisteredFlavors',
    '/RegisteredFlavors?limit=1',
    '/RegisteredFlavors?limit=0x10',
    '/RegisteredFlavors?flavor_ids=1,2',
  ],
  ...[
    '/RegisteredFlavors/redis',
    '/RegisteredFlavors/redis?',
    '/RegisteredFlavors/redis/',
    '/RegisteredFlavors/redis,mysql',
  ],
  ...['/RegisteredFlavors/mysql,redis', '/RegisteredFlavors/redis%2Cmysql', '/RegisteredFlavors/re%64is'],
  ...[
    '/RegisteredFlavors/redis?min_ram=1',
    '/RegisteredFlavors/redis?min_ram=-1',
    '/RegisteredFlavors/redis?hydrate=maybe',
  ],
  ...[
    '/RegisteredFlavors/redis?min_ram=1&min_ram=1',
    '/RegisteredFlavors/redis?name[a]=b',
    '/RegisteredFlavors/redis?no=no',
  ],
  ...[
    '/RegisteredFlavors/redis?hydrate=false',
    '/RegisteredFlavors/redis?hydrate=false&min_ram=1',
    '/registeredflavors/redis',
  ],
  ...[
    '/RegisteredFlavors/redis/1',
    '/RegisteredFlavors/redis/1,2?flavor_ids=1',
    '/RegisteredFlavors/redis/1?flavor_ids=2',
    '/RegisteredFlavors/redis/1?flavor_ids=',
    '/RegisteredFlavors/redis/unknown',
    '/RegisteredFlavors/redis/%zz',
    '/RegisteredFlavors/re:dis',
  ],
];
const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'];

/** What belongs to each answer alone, or to the moment. */
const ITS_OWN = ['date', 'x-openstack-request-id', 'cache-status'];

/** A request whose target was let through by the contract before does not meet its validator again, and must not notice. */
describe('a target that is known', () => {
  let here: StubWorld;
  let tokens: Record<string, string>;
  beforeAll(async () => {
    here = await startStubWorld({ VALIDATE_RESPONSES: 'false' });
    await here.world.as('admin').post('/RegisteredFlavors/redis,mysql/1,2,priv-demo').expect(201);
    tokens = {
      admin: here.stub.keystone.tokenFor('admin'),
      alice: here.stub.keystone.tokenFor('alice'),
      wrong: 'gAAAAAB-wrong',
      empty: '',
    };
  });
  afterAll(() => here.world.close());

  const ask = async (request: WireRequest): Promise<object> => {
    const { status, headers, body }: WireAnswer = await sendOnTheWire(here.world.service.url, request);
    const same = Object.entries(headers).filter(([name]) => !ITS_OWN.includes(name));
    return { status, headers: Object.fromEntries(same), body: body.replaceAll(/req-[0-9a-f-]{36}/g, 'req') };
  };

  it('is answered as it was when it was new, whoever asks, by each method', async () => {
    const requests = PATHS.flatMap((path) =>
      METHODS.flatMap((method) => [
        { method, path },
        ...Object.values(tokens).map((token) => ({ method, path, headers: { 'X-Auth-Token': token } })),
      ]),
    ).filter(({ method, path }) => !['POST', 'DELETE'].includes(method) || !path.startsWith('/RegisteredFlavors/re'));
    const first = [];
    for (const request of requests) first.push(await ask(request));
    for (const [index, request] of requests.toReversed().entries()) {
      expect([request, await ask(request)]).toEqual([request, first.at(-1 - index)]);
    }
  });

  it.each<[string, number, WireRequest['headers']]>([
    ['a version that is not offered', 406, { 'OpenStack-API-Version': 'registered-flavors 9.9' }],
    ['a version that is none', 400, { 'OpenStack-API-Version': 'registered-flavors nine' }],
    ['a second Host', 400, { host: 'other.test' }],
    ['a service token that is none', 401, { 'X-Service-Token': 'gAAAAAB-none' }],
    ['a body that nobody wants', 200, { 'Content-Length': '2', 'Content-Type': 'text/plain' }],
  ])('is looked at for what is beside it: %s', async (_what, status, headers) => {
    const path = '/RegisteredFlavors/redis';
    const admin = { 'X-Auth-Token': tokens['admin']! };
    expect(await ask({ path, headers: admin })).toMatchObject({ status: 200 });
    expect(await ask({ path, headers: { ...admin, ...headers }, body: 'ab' })).toMatchObject({ status });
  });

  it('stands in the log and the metrics as any other', async () => {
    const route = '"route":"/RegisteredFlavors/{serviceTypes}"';
    const lines = () => here.world.service.log.filter((line) => line.includes(route)).length;
    const before = lines();
    for (let round = 0; round < 3; round += 1) {
      await here.world.as('member').get('/RegisteredFlavors/oracle').expect(200);
    }
    expect(lines() - before).toBe(3);
  });
});
