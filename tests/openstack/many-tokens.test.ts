import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { anAsker, type ClientOptions, connect, type Clients } from './support/clients';
import { outcomeOf, validationsAt } from './support/expectations';
import { until } from '../support/until';

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud({ tokenLifetimeSeconds: 100_000 });
  await start({});
});

afterEach(async () => {
  await cloud.close();
});

async function start(options: ClientOptions): Promise<void> {
  clients = connect(cloud, { maxConcurrentRequests: 4, ...options });
  await validate(cloud.keystone.tokenFor('alice')); // our own login is done
  cloud.keystone.resetRequests();
}

function validate(token: string) {
  return clients.validator.validate(token, anAsker());
}

function garbage(count: number): Promise<{ kind: string; detail: string }[]> {
  const tokens = Array.from({ length: count }, (_, index) => `gAAAAA${index}`);
  return Promise.all(tokens.map((token) => outcomeOf(validate(token))));
}

describe('many tokens that nobody knows', () => {
  it('come to Keystone a few at a time', async () => {
    cloud.keystone.isSlow(100);

    expect(new Set((await garbage(24)).map(({ kind }) => kind))).toEqual(new Set(['unauthenticated']));
    expect([cloud.keystone.maxConcurrent, validationsAt(cloud)]).toEqual([3, 24]);
  });

  it('are not asked about any more once their callers have given up', async () => {
    await start({ keystoneDeadlineMs: 1_000 });
    cloud.keystone.isSlow(600);

    expect((await garbage(40)).map(({ kind }) => kind)).toContain('unavailable');
    await new Promise((resolve) => setTimeout(resolve, 300)); // what was on its way has arrived
    const asked = validationsAt(cloud);
    await new Promise((resolve) => setTimeout(resolve, 1_500));

    expect(asked).toBeLessThan(10);
    expect(validationsAt(cloud)).toBe(asked);
  });

  it('leave the queue with their clients, and are not asked about', async () => {
    cloud.keystone.isSlow(200);
    const gone = new AbortController();
    const left = Array.from({ length: 100 }, (_, index) =>
      outcomeOf(clients.validator.validate(`gAAAAA-left-${index}`, anAsker('192.0.2.1', gone.signal))),
    );
    await until(() => validationsAt(cloud) >= 3);
    const asked = validationsAt(cloud);
    gone.abort();
    await Promise.all(left);

    expect(await outcomeOf(validate('gAAAAA-here'))).toHaveProperty('kind', 'unauthenticated');
    expect(validationsAt(cloud)).toBe(asked + 1);
  });

  it('take turns with those of other sources', async () => {
    cloud.keystone.isSlow(50);
    const flood = garbage(30);
    await until(() => validationsAt(cloud) >= 3);
    const asked = validationsAt(cloud);
    await clients.validator.validate(cloud.keystone.tokenFor('bob'), anAsker('198.51.100.7'));

    expect(validationsAt(cloud)).toBeLessThan(asked + 6); // 30 of one source were there before it
    await flood;
  });

  it('are refused at once beyond the queue', async () => {
    await start({ maxQueuedRequests: 5 });
    cloud.keystone.isSlow(50);

    const refused = (await garbage(40)).filter(({ kind }) => kind === 'unavailable');

    expect(refused).toHaveLength(40 - 3 - 5);
    expect(refused[0]?.detail).toContain('Too many tokens are waiting');
    expect(validationsAt(cloud)).toBe(3 + 5);
  });

  it('do not hold up a token that was valid before', async () => {
    const token = cloud.keystone.tokenFor('bob');
    await start({ tokenCache: { seconds: 300 }, maxQueuedRequests: 200 });
    await validate(token);
    clients.clock.passes(301);
    cloud.keystone.isSlow(100);
    const flood = garbage(100);
    await until(() => cloud.keystone.requests.length > 3);

    await validate(token);

    expect(validationsAt(cloud)).toBeLessThan(90); // the flood is still under way
    await flood;
  });
});
