import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { ClientsAtAddress } from '../support/clients-at-address';
import { HAProxy } from '../support/haproxy';
import { type ServicesOnOneRegistry, startServicesOnOneRegistry } from '../support/services-on-one-registry';
import { until } from '../support/until';

const KEYSTONE_MS = 73;

/** Behind a proxy all callers have one address to the service: deploy/haproxy.cfg tells them apart. */
describe('behind HAProxy, while an address floods it with made-up tokens on 300 connections', () => {
  let stub: StubCloud;
  let shared: ServicesOnOneRegistry;
  let haproxy: HAProxy;

  beforeAll(async () => {
    stub = await startStubCloud();
    shared = await startServicesOnOneRegistry(stub);
    const [first, second] = shared.services.map(({ url }) => Number(new URL(url).port)) as [number, number];
    haproxy = await HAProxy.start({ first, second });
    for (const name of ['first', 'second'] as const) await haproxy.sees(name, 'UP');
    stub.keystone.isSlow(KEYSTONE_MS, { path: /nocatalog/ });
  });
  afterAll(async () => {
    await haproxy.stop();
    await shared.stop();
    await stub.close();
  });

  it('takes new tokens from another one, and tells the flood to wait', async () => {
    const elsewhere = new ClientsAtAddress(haproxy.url, '127.0.0.2');
    const newTokens = Array.from({ length: 30 }, () => stub.keystone.tokenFor('alice'));
    const flood = new ClientsAtAddress(haproxy.url, '127.0.0.1');

    const { result, statuses } = await flood.floodWhile(300, async (statuses) => {
      const taken = await elsewhere.readAll(newTokens);
      await until(() => (statuses.get(401) ?? 0) > 100); // from then on all that comes from there is 429
      const readAgain = await elsewhere.readAll(newTokens);
      return { taken, readAgain };
    });
    elsewhere.close();

    expect(result).toEqual({ taken: Array(30).fill(200), readAgain: Array(30).fill(200) });
    expect(new Set(statuses.keys())).toEqual(new Set([401, 429]));
    expect(await statusOfOne()).toBe(429); // for a while
  });

  async function statusOfOne(): Promise<number> {
    const late = new ClientsAtAddress(haproxy.url, '127.0.0.1');
    const status = await late.read(stub.keystone.tokenFor('bob'));
    late.close();
    return status;
  }
});
