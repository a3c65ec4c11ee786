import type { Upstream } from '../../src/openstack/upstream';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { anAsker, aCall, collectLines, connect, createUpstream } from './support/clients';
import { outcomeOf } from './support/expectations';
import { until } from '../support/until';

const PROBE = /flavors\/detail\?limit=1/;

let cloud: StubCloud;
let upstream: Upstream;
let lines: string[];

beforeEach(async () => {
  cloud = await startStubCloud();
  open({});
});

afterEach(async () => {
  upstream.close();
  await cloud.close();
});

function open(options: Parameters<typeof createUpstream>[0]): void {
  const headers = { 'X-Auth-Token': cloud.keystone.tokenFor('flavorsvc') };
  const { logger, lines: kept } = collectLines();
  lines = kept;
  const probe = () => ({ url: `${cloud.novaUrl}/flavors/detail?limit=1`, headers });
  upstream = createUpstream({ probe, logger, ...options });
}

function ask(id = '1') {
  const headers = { 'X-Auth-Token': cloud.keystone.tokenFor('flavorsvc') };
  return upstream.request({ method: 'GET', url: `${cloud.novaUrl}/flavors/${id}`, headers, ...aCall() });
}

const asked = (path: RegExp) => cloud.nova.requests.filter(({ target }) => path.test(target)).length;
const isOpen = () => lines.some((line) => line.includes('Nova is away'));

describe('a service that is away', () => {
  it('is asked nothing more by callers, who hear why at once', async () => {
    cloud.nova.fails(503, { retryAfter: 7 });
    await outcomeOf(ask());
    await until(isOpen);
    cloud.nova.resetRequests();

    const outcomes = await Promise.all(Array.from({ length: 100 }, () => outcomeOf(ask())));

    expect(new Set(outcomes.map(({ code, detail }) => `${code}: ${detail}`))).toEqual(
      new Set([
        'registered-flavors.nova.unavailable: Nova is away, and has not come back yet: Nova answered 503. Try again later.',
      ]),
    );
    await expect(ask()).rejects.toMatchObject({ kind: 'unavailable', retryAfterSeconds: 7 });
    expect(asked(/flavors\/1$/)).toBe(0);
    expect(upstream.isAway).toBe(true);
  });

  it.each<[string, () => unknown, () => unknown]>([
    ['refuses connections', () => cloud.nova.stops(), () => cloud.nova.starts()],
    ['answers 500', () => cloud.nova.fails(500), () => cloud.nova.heals()],
    ['hangs', () => cloud.nova.hangs(), () => cloud.nova.heals()],
  ])('because it %s is found out and forgiven by probes alone', async (_, goWrong, heal) => {
    open({ attemptTimeoutMs: 300 });
    await goWrong();
    await outcomeOf(ask());
    await until(isOpen);
    await heal();
    await until(() => !upstream.isAway);

    expect((await ask()).status).toBe(200);
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
      'Nova is away: nobody waits for it until it answers a probe',
      'Nova is back',
    ]);
  });

  it('is told of once, however long it is away', async () => {
    await cloud.nova.stops();
    await outcomeOf(ask());
    await until(isOpen);
    await new Promise((resolve) => setTimeout(resolve, 300)); // some thirty probes

    expect(lines).toHaveLength(1);
  });

  it('does not come back by our stopping to look', async () => {
    open({ attemptTimeoutMs: 300 });
    cloud.nova.hangs();
    await outcomeOf(ask());
    await until(isOpen);
    cloud.nova.resetRequests();
    await until(() => asked(PROBE) > 0);
    upstream.close();
    await new Promise((resolve) => setTimeout(resolve, 100));

    expect([upstream.isAway, lines.length]).toEqual([true, 1]);
  });

  it('is probed one at a time, with a pause', async () => {
    open({ probeIntervalMs: 100 });
    cloud.nova.fails(500);
    await outcomeOf(ask());
    cloud.nova.resetRequests();
    await new Promise((resolve) => setTimeout(resolve, 450));

    expect(cloud.nova.maxConcurrent).toBeLessThanOrEqual(1);
    expect(asked(PROBE)).toBeGreaterThanOrEqual(1);
    expect(asked(PROBE)).toBeLessThanOrEqual(5);
    upstream.close();
    await new Promise((resolve) => setTimeout(resolve, 200)); // what was on its way has arrived
    const before = asked(PROBE);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(asked(PROBE)).toBe(before);
  });

  it('costs no token in the log', async () => {
    const headers = { 'X-Auth-Token': cloud.keystone.tokenFor('flavorsvc') };
    open({
      probe: () => ({ url: `${cloud.novaUrl}/flavors/detail?limit=1&token=${headers['X-Auth-Token']}`, headers }),
    });
    cloud.nova.fails(500, { body: headers });
    await outcomeOf(ask());
    await until(isOpen);

    const tokens = cloud.nova.requests.map(({ headers }) => String(headers['x-auth-token']));
    expect(tokens.filter((token) => lines.join().includes(token))).toEqual([]);
  });
});

describe('a service that stumbles', () => {
  it('over one flavor is not away: the probe says so', async () => {
    cloud.nova.fails(500, { path: /flavors\/1$/ });
    for (let round = 0; round < 3; round += 1) {
      expect((await outcomeOf(ask())).code).toBe('registered-flavors.nova.bad_answer');
      await until(() => !upstream.isAway);
      expect((await ask('2')).status).toBe(200);
    }

    expect(isOpen()).toBe(false);
  });

  it('over several flavors, whatever is asked of them, does not have the others turned away', async () => {
    cloud.nova.fails(500, { path: /flavors\/[123]$/ });
    for (let round = 0; round < 5; round += 1) {
      const failing = Promise.all(['1', '2', '3', '1', '2', '3'].map((id) => outcomeOf(ask(id))));
      expect((await ask('4')).status).toBe(200);
      await failing;
    }

    expect(isOpen()).toBe(false);
  });

  it.each<[string, () => unknown]>([
    ['404', () => cloud.nova.fails(404)],
    ['401', () => cloud.nova.rejectsTokens()],
    ['403', () => cloud.nova.fails(403)],
  ])('by answering %s is not away', async (_, goWrong) => {
    goWrong();
    for (let round = 0; round < 5; round += 1) await ask();

    expect([upstream.isAway, asked(PROBE)]).toEqual([false, 0]);
  });
});

describe('a service that hung for a moment', () => {
  it('is not away for a probe that hung with it, when it has answered since', async () => {
    upstream.close();
    open({ attemptTimeoutMs: 300 });
    cloud.nova.hangs();
    await outcomeOf(ask());
    await until(() => asked(PROBE) === 1); // which hangs, too
    cloud.nova.heals();
    expect((await ask()).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 400)); // until the probe has failed
    expect([upstream.isAway, isOpen()]).toEqual([false, false]);
  });
});

describe('Keystone and Nova', () => {
  it('are away each for itself, and probed with our own token', async () => {
    const clients = connect(cloud);
    await clients.nova.getFlavor('1', aCall());
    await cloud.keystone.stops();
    await outcomeOf(clients.tokens.validate(cloud.keystone.tokenFor('alice'), anAsker()));
    await until(() => clients.away().includes('keystone'));

    expect((await clients.nova.getFlavor('1', aCall()))?.id).toBe('1');
    expect(clients.away()).toEqual(['keystone']);

    await cloud.keystone.starts();
    cloud.keystone.resetRequests();
    await until(() => clients.away().length === 0);
    const [probe] = cloud.keystone.requests;
    expect(probe?.headers['x-subject-token']).toBe(probe?.headers['x-auth-token']);
    clients.close();
  });
});

describe('a Nova that hangs', () => {
  it('is away also where one try may take as long as all of it', async () => {
    const clients = connect(cloud, { attemptTimeoutMs: 400, novaDeadlineMs: 400 });
    await clients.nova.getFlavor('1', aCall());
    cloud.nova.hangs();
    await outcomeOf(clients.directory.lookUp(['1'], { globalRequestId: 'req-1' }));
    await until(() => clients.away().includes('nova'));
    clients.close();
  });
});

describe('retries in total', () => {
  it('are no multiple of what fails, however much that is', async () => {
    open({ probeIntervalMs: 600_000 });
    cloud.nova.fails(500, { path: /flavors\/1$/ });
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        await outcomeOf(ask());
        await ask('2').catch(() => undefined);
      }),
    );

    const first = asked(/flavors\/1$/);
    expect(first).toBeLessThanOrEqual(200 + 80);
  });
});
