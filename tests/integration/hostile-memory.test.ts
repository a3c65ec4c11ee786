import { type FloodRequest, flood } from '../support/hostile/http-flood';
import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';

const MIB = 1024 * 1024;
/** What the first ones fill for good: compiled code, pools, caches that are bounded. */
const WARM_UP = 500;
const NUMBER = 2000;
const MOST_GROWTH_MIB = 3;

describe('memory', () => {
  let here: HostileWorld;
  beforeAll(async () => {
    here = await startHostileWorld({ VALIDATE_RESPONSES: 'false' }); // as in production
  });
  afterEach(() => expect(here.service.health).toEqual(UNHARMED));
  afterAll(async () => expect(await here.close()).toBe(0));

  const admin = () => ({ 'X-Auth-Token': here.admin });
  const read = '/RegisteredFlavors/redis';

  it.each<[string, number, (number: number) => FloodRequest]>([
    ['paths that do not exist', 404, (number) => ({ path: `/nothing/${number}` })],
    [
      'Content-Types of no body',
      200,
      (number) => ({ path: read, headers: { ...admin(), 'Content-Type': `a/b${number}` } }),
    ],
    [
      'Content-Types of a body',
      404,
      (number) => ({
        method: 'DELETE',
        path: `${read}/1`,
        headers: { ...admin(), 'Content-Type': `application/x-${number}` },
        body: '{}',
      }),
    ],
    [
      'Content-Types of JSON on public paths',
      200,
      (number) => ({ path: '/', headers: { 'Content-Type': `application/json; p=${number}` }, body: '{}' }),
    ],
    [
      'tokens that nobody gave out',
      401,
      (number) => ({ path: read, headers: { 'X-Auth-Token': `${'x'.repeat(300)}${number}` } }),
    ],
    ['service types', 200, (number) => ({ path: `/RegisteredFlavors/type-${number}`, headers: admin() })],
    ['flavor IDs', 404, (number) => ({ method: 'DELETE', path: `${read}/id-${number}`, headers: admin() })],
    ['query names', 400, (number) => ({ path: `/?name-${number}` })],
    ['Accepts', 200, (number) => ({ path: '/healthcheck', headers: { Accept: `a/b${number}, */*` } })],
    [
      'request ids',
      200,
      (number) => ({
        path: '/',
        headers: { 'X-OpenStack-Request-Id': `req-00000000-0000-0000-0000-${String(number).padStart(12, '0')}` },
      }),
    ],
  ])('does not grow with %s', async (_what, status, requestOf) => {
    await flood(here.service.url, { from: 0, to: WARM_UP }, requestOf);
    here.stub.keystone.resetRequests();
    const before = await here.service.memoryBytes();
    const counts = await flood(here.service.url, { from: WARM_UP, to: WARM_UP + NUMBER }, requestOf);
    const grown = (await here.service.memoryBytesAfter(before + MOST_GROWTH_MIB * MIB)) - before;
    expect(counts).toEqual({ [status]: NUMBER });
    expect(grown / MIB).toBeLessThan(MOST_GROWTH_MIB);
  });
});
