import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, anAsker, connect, type Clients } from './support/clients';
import { failureOf, loginsAt, outcomeOf, validationsAt } from './support/expectations';
import { until } from '../support/until';

const HOURS = 3600;

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud();
  clients = connect(cloud);
});

afterEach(async () => {
  await cloud.close();
});

function validate(token: string): Promise<string> {
  return clients.tokens.validate(token, anAsker()).then(({ userId }) => userId);
}

function getToken(): Promise<string> {
  return clients.serviceToken.get('req-1').then(({ token }) => token);
}

describe('a clock that is set back', () => {
  it('lets a revoked token work no longer than the cache time', async () => {
    const token = cloud.keystone.tokenFor('alice');
    await validate(token);
    cloud.keystone.revoke(token);
    clients.clock.isSet(-2 * HOURS);
    clients.clock.passes(299);
    await validate(token);
    clients.clock.passes(1);

    expect(clients.tokens.peek(token)).toBeUndefined();
    expect((await outcomeOf(validate(token))).kind).toBe('unauthenticated');
  });

  it('lets no token outlive its end', async () => {
    const token = cloud.keystone.tokenFor('alice', { lifetimeSeconds: 60 });
    await validate(token);
    clients.clock.isSet(-2 * HOURS);
    clients.clock.passes(61);

    expect((await outcomeOf(validate(token))).kind).toBe('unauthenticated');
  });

  it('does not prolong the pause after a refused login', async () => {
    cloud.keystone.fails(401);
    await failureOf(getToken());
    cloud.keystone.heals();
    clients.clock.isSet(-2 * HOURS);
    clients.clock.passes(5);

    expect(cloud.keystone.findValidToken(await getToken())).toBeDefined();
  });

  it('does not prolong the pause after a renewal that failed', async () => {
    await getToken();
    clients.clock.passes(HOURS - 119);
    cloud.keystone.fails(403, { times: 1 });
    await getToken();
    await until(() => clients.lines.length === 1);
    clients.clock.isSet(-2 * HOURS);
    clients.clock.passes(5);
    await getToken();

    await until(() => loginsAt(cloud) === 3);
  });

  it('does not let our own token be served past its end', async () => {
    const first = await getToken();
    clients.clock.isSet(-2 * HOURS);
    clients.clock.passes(HOURS);

    expect([(await getToken()) === first, loginsAt(cloud)]).toEqual([false, 2]);
  });

  it('does not prolong a no to whether Nova takes us for an admin', async () => {
    const roleComes = cloud.nova.callerIsNotAdmin();
    await failureOf(clients.nova.getFlavor('1', aCall()));
    roleComes();
    clients.clock.isSet(-2 * HOURS);
    clients.clock.passes(10);

    expect((await clients.nova.getFlavor('1', aCall()))?.id).toBe('1');
  });
});

describe('a clock that is set forward', () => {
  it('does not refuse a token that Keystone calls valid, and remembers it no longer than by its end', async () => {
    const token = cloud.keystone.tokenFor('alice');
    const userId = await validate(token);
    clients.clock.isSet(2 * HOURS);

    expect(clients.tokens.peek(token)).toBeUndefined();
    expect([await validate(token), await validate(token)]).toEqual([userId, userId]);
    expect(clients.tokens.peek(token)).toBeUndefined();
    expect(validationsAt(cloud)).toBe(3);
  });

  it('costs one login, not one for each request', async () => {
    await getToken();
    clients.clock.isSet(2 * HOURS);
    const tokens = new Set<string>();
    for (let turn = 0; turn < 10; turn += 1) tokens.add(await getToken());

    expect([tokens.size, loginsAt(cloud)]).toEqual([1, 2]);
  });
});
