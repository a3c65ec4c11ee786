import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { HAProxy } from '../support/haproxy';
import { Page } from '../support/page';
import { type ServicesOnOneRegistry, startServicesOnOneRegistry } from '../support/services-on-one-registry';

const PORTAL = 'https://portal.example';
const PAIR = '/RegisteredFlavors/redis/1';

describe('behind HAProxy, a page of a portal', () => {
  let stub: StubCloud;
  let shared: ServicesOnOneRegistry;
  let haproxy: HAProxy;

  beforeAll(async () => {
    stub = await startStubCloud();
    shared = await startServicesOnOneRegistry(stub, { CORS_ALLOWED_ORIGINS: PORTAL });
    const [first, second] = shared.services.map(({ url }) => Number(new URL(url).port)) as [number, number];
    haproxy = await HAProxy.start({ first, second });
    for (const name of ['first', 'second'] as const) await haproxy.sees(name, 'UP');
  });
  afterAll(async () => {
    await haproxy.stop();
    await shared.stop();
    await stub.close();
  });

  it('writes, reads, and reads why not, of whichever process', async () => {
    const page = new Page(PORTAL, haproxy);
    const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin') };
    const ask = async (method: string, path: string, of = headers) =>
      (await page.fetch(path, { method, headers: of })).status;
    const statuses = [];
    for (const method of ['POST', 'GET', 'HEAD', 'DELETE', 'GET']) statuses.push(await ask(method, PAIR));
    statuses.push(await ask('GET', PAIR, { 'X-Auth-Token': 'made-up' }));
    expect(statuses).toEqual([201, 200, 200, 200, 404, 401]);
  });
});
