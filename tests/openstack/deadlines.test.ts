import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { askNova, leftUntilDeadline } from '../../src/openstack/within-deadline';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { timed } from '../support/own-time';
import { aCall, connect, createCache, type Clients } from './support/clients';
import { outcomeOf } from './support/expectations';
import { until } from '../support/until';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let cloud: StubCloud;
let clients: Clients;
let collecting: NodeJS.Timeout | undefined;

beforeEach(async () => {
  cloud = await startStubCloud();
  clients = connect(cloud, { keystoneDeadlineMs: 8_000, attemptTimeoutMs: 8_000 });
});

afterEach(async () => {
  clearInterval(collecting);
  await cloud.close();
});

const timeout = { kind: 'upstream timed out', code: 'registered-flavors.nova.timeout' };
const never = () => new Promise<never>(() => undefined);

describe('the deadline of a caller', () => {
  it('holds however often the garbage is collected meanwhile', async () => {
    collecting = setInterval(collectGarbage, 20);
    // A deadline that is lost is lost for good: the test would not end.
    expect(await outcomeOf(askNova(aCall(), 300, never))).toMatchObject(timeout);
  });

  it('is one for all that one request asks', async () => {
    const call = aCall();
    await outcomeOf(askNova(call, 200, never));

    expect(leftUntilDeadline({ deadlineMs: 200, signal: call.signal })).toBeLessThan(50);
    expect(leftUntilDeadline({ deadlineMs: 200, signal: aCall().signal })).toBeCloseTo(200);
  });

  it('counts from when the caller came, whatever runs before', async () => {
    const cache = createCache(clients, { deadlineMs: 600 });
    cloud.nova.hangs({ path: /flavors\/1$/ });
    const before = outcomeOf(cache.lookUp(['1'], { ...aCall(), accept: 'the new', withAccess: false }));
    await until(() => cloud.nova.requests.some(({ target }) => target.endsWith('/1')));
    const { ms, result } = await timed(() =>
      outcomeOf(cache.lookUp(['2'], { ...aCall(), accept: 'the new', withAccess: false })),
    );

    expect([result, ms < 3_000, await before]).toEqual([
      expect.objectContaining(timeout),
      true,
      expect.objectContaining(timeout),
    ]);
  });

  it('holds while Keystone does not even tell which Nova is asked', async () => {
    const cache = createCache(clients, { deadlineMs: 300, maxStaleSeconds: 3600 });
    cloud.keystone.hangs();
    const { ms, result } = await timed(() =>
      outcomeOf(cache.lookUp(['1'], { ...aCall(), accept: 'the new', withAccess: false })),
    );

    expect([result, ms < 3_000]).toEqual([expect.objectContaining(timeout), true]);
  });

  it('ends what was asked for it', async () => {
    let signal: AbortSignal | undefined;
    await outcomeOf(
      askNova(aCall(), 50, (call) => {
        ({ signal } = call);
        return never();
      }),
    );

    expect(signal?.aborted).toBe(true);
  });
});
