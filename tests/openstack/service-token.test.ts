import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { timed } from '../support/own-time';
import { connect, passwordOf, type Clients } from './support/clients';
import { everythingSaidBy, failureOf, loginsAt, outcomeOf } from './support/expectations';
import { until } from '../support/until';

const requestId = 'req-11111111-2222-3333-4444-555555555555';
const atLogin = { path: /\/auth\/tokens$/ };

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud();
  clients = connect(cloud);
});

afterEach(async () => {
  await cloud.close();
});

function getToken(): Promise<string> {
  return clients.serviceToken.get(requestId).then(({ token }) => token);
}

function warnings(): number {
  return clients.lines.filter((line) => line.includes('could not be renewed ahead of time')).length;
}

describe('the first token', () => {
  it('is fetched by one login, however many wait', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, getToken));

    expect([new Set(tokens).size, loginsAt(cloud)]).toEqual([1, 1]);
  });

  it('serves as long as it is good', async () => {
    const first = await getToken();
    clients.clock.passes(3400);

    expect([await getToken(), loginsAt(cloud)]).toEqual([first, 1]);
  });

  it('brings the project and the catalog along', async () => {
    const session = await clients.serviceToken.get(requestId);

    expect(session.projectId).toBe(cloud.keystone.projectId('service'));
    expect(session.catalog.some(({ type }) => type === 'compute')).toBe(true);
  });

  it('fails for all who wait, and is asked for again by the next', async () => {
    cloud.keystone.fails(403, { times: 1 });
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcomeOf(getToken())));

    expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set(['registered-flavors.keystone.unavailable']));
    expect(loginsAt(cloud)).toBe(1);
    expect(cloud.keystone.findValidToken(await getToken())).toBeDefined();
  });

  it('is not tried again for a moment when the credentials were refused, however many ask', async () => {
    cloud.keystone.fails(401);
    for (let count = 0; count < 5; count += 1) await failureOf(getToken());
    expect(loginsAt(cloud)).toBe(1);

    cloud.keystone.heals();
    clients.clock.passes(5);
    expect(cloud.keystone.findValidToken(await getToken())).toBeDefined();
  });

  it('is asked for seldom while the credentials are refused: Keystone may lock an account after some of them', async () => {
    cloud.keystone.fails(401);
    for (let second = 0; second < 1800; second += 1) {
      await failureOf(getToken());
      clients.clock.passes(1);
    }
    expect(loginsAt(cloud)).toBe(3);
  });

  it('is soon tried again after a refusal, when there was a good login before it', async () => {
    for (let round = 0; round < 4; round += 1) {
      cloud.keystone.fails(401);
      await failureOf(getToken());
      cloud.keystone.heals();
      clients.clock.passes(5);
      clients.serviceToken.invalidate(await getToken());
    }
    expect(loginsAt(cloud)).toBe(8);
  });

  it('is not waited for longer than the deadline', async () => {
    clients = connect(cloud, { keystoneDeadlineMs: 150 });
    cloud.keystone.hangs();
    const { ms, result: error } = await timed(() => failureOf(getToken()));

    expect(error.message).toBe('Keystone did not give all that was asked before the deadline.');
    expect(ms).toBeLessThan(1_500);
  });
});

describe('renewal ahead of time', () => {
  it('happens behind the callers once less than 120 s are left', async () => {
    const first = await getToken();
    clients.clock.passes(3600 - 119);
    cloud.keystone.isSlow(100);

    const served = await Promise.all(Array.from({ length: 10 }, getToken));
    expect(new Set(served)).toEqual(new Set([first]));
    await until(() => loginsAt(cloud) === 2);
    cloud.keystone.heals();
    let later = first;
    for (let turn = 0; turn < 100 && later === first; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      later = await getToken();
    }

    expect([later === first, loginsAt(cloud)]).toEqual([false, 2]);
    expect(cloud.keystone.findValidToken(later)).toBeDefined();
  });

  it('keeps the old token when it fails, and tries again only after a pause', async () => {
    const first = await getToken();
    clients.clock.passes(3600 - 119);
    cloud.keystone.fails(403, atLogin);

    expect(await getToken()).toBe(first);
    await until(() => warnings() === 1);
    clients.clock.passes(4.9);
    const duringPause = [await getToken(), await getToken(), loginsAt(cloud)];
    clients.clock.passes(0.2);
    const afterPause = await getToken();
    await until(() => warnings() === 2);

    expect(duringPause).toEqual([first, first, 2]);
    expect([afterPause, loginsAt(cloud)]).toEqual([first, 3]);
  });

  it('says once in the log that it failed, however many were served meanwhile', async () => {
    await getToken();
    clients.clock.passes(3600 - 119);
    cloud.keystone.isSlow(100, atLogin);
    cloud.keystone.fails(403, atLogin);

    await Promise.all(Array.from({ length: 10 }, getToken));
    await until(() => warnings() > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));

    expect(warnings()).toBe(1);
  });

  it('logs nothing secret', async () => {
    const first = await getToken();
    clients.clock.passes(3600 - 119);
    cloud.keystone.fails(401, atLogin);
    await getToken();
    await until(() => warnings() === 1);

    expect(clients.lines.join()).not.toContain(first);
    expect(clients.lines.join()).not.toContain(passwordOf(cloud).password);
  });

  it('leaves short-lived tokens alone until the last fifth of their life', async () => {
    await cloud.close();
    cloud = await startStubCloud({ tokenLifetimeSeconds: 30 });
    clients = connect(cloud);
    const first = await getToken();
    const early: string[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      clients.clock.passes(2);
      early.push(await getToken());
    }
    await new Promise((resolve) => setTimeout(resolve, 50)); // a renewal behind the callers would arrive meanwhile
    const loginsEarly = loginsAt(cloud);
    clients.clock.passes(8);
    const late = await getToken();
    await until(() => loginsAt(cloud) === 2);

    expect([new Set(early), loginsEarly]).toEqual([new Set([first]), 1]);
    expect(late).toBe(first);
  });
});

describe('an expired token', () => {
  it('is not served: whoever asks waits for a new one', async () => {
    const first = await getToken();
    clients.clock.passes(3601);
    cloud.keystone.isSlow(50);

    const second = await getToken();

    expect([second === first, loginsAt(cloud)]).toEqual([false, 2]);
  });

  it('is not served either when no new one can be had', async () => {
    await getToken();
    clients.clock.passes(3601);
    await cloud.keystone.stops();

    expect((await outcomeOf(getToken())).code).toBe('registered-flavors.keystone.unavailable');
  });
});

describe('a token that a service refused', () => {
  it('is thrown away', async () => {
    const first = await getToken();
    clients.serviceToken.invalidate(first);

    expect([(await getToken()) === first, loginsAt(cloud)]).toEqual([false, 2]);
  });

  it('takes no newer one with it', async () => {
    const first = await getToken();
    clients.serviceToken.invalidate(first);
    const second = await getToken();
    clients.serviceToken.invalidate(first);

    expect([await getToken(), loginsAt(cloud)]).toEqual([second, 2]);
  });

  it('is not replaced again and again: what replaced it may be refused for another reason', async () => {
    for (let count = 0; count < 20; count += 1) clients.serviceToken.invalidate(await getToken());
    expect(loginsAt(cloud)).toBe(6);

    clients.clock.passes(5);
    clients.serviceToken.invalidate(await getToken());
    await getToken();
    expect(loginsAt(cloud)).toBe(7);
  });

  it('leaves no secret in the failure to get another', async () => {
    const first = await getToken();
    clients.serviceToken.invalidate(first);
    cloud.keystone.fails(401);
    const said = everythingSaidBy(await failureOf(getToken()));

    expect(said).not.toContain(first);
    expect(said).not.toContain(passwordOf(cloud).password);
  });
});
