import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { timed } from '../support/own-time';
import { anAsker, connect, type Clients } from './support/clients';
import { outcomeOf, validationsAt } from './support/expectations';

const rules = [{ service: 'compute', method: 'GET', path: '/v2.1/**' }];
const invalid = (header: string) => ({
  kind: 'unauthenticated',
  code: 'registered-flavors.token.invalid',
  detail: expect.stringMatching(`^${header} is not a valid Keystone token`),
});

let cloud: StubCloud;
let clients: Clients;
let aliceExpired: string;
let service: string;

beforeEach(async () => {
  cloud = await startStubCloud();
  clients = connect(cloud);
  cloud.keystone.addUser('trove', 'service', ['service']);
  aliceExpired = cloud.keystone.tokenFor('alice', { lifetimeSeconds: -5 });
  service = cloud.keystone.tokenFor('trove');
});

afterEach(async () => {
  await cloud.close();
});

function identify(token: string, serviceToken?: string) {
  return clients.identifyCaller({ token, serviceToken }, anAsker());
}

describe('a request with the token of a service', () => {
  it('is on behalf of its user, whose token may have expired meanwhile', async () => {
    const alice = await identify(cloud.keystone.tokenFor('alice'));

    expect(await identify(aliceExpired, service)).toEqual(alice);
  });

  it('is not of a user whose token was revoked, or is none', async () => {
    cloud.keystone.revoke(aliceExpired);

    expect(await outcomeOf(identify(aliceExpired, service))).toEqual(invalid('X-Auth-Token'));
    expect(await outcomeOf(identify('gAAAAA', service))).toEqual(invalid('X-Auth-Token'));
  });

  it('is not held to the access rules of an application credential: it is not where the user came in', async () => {
    const token = cloud.keystone.tokenFor('bob', { accessRules: rules });

    expect((await identify(token, service)).accessRules).toBeUndefined();
    expect((await identify(token)).accessRules).toEqual(rules);
  });

  it('costs Keystone two questions, and the next one none', async () => {
    await identify(aliceExpired, service);
    await identify(aliceExpired, service);

    expect(cloud.keystone.requests.slice(1).map(({ target }) => target)).toEqual([
      '/v3/auth/tokens?nocatalog',
      '/v3/auth/tokens?nocatalog&allow_expired=1',
    ]);
  });

  it('takes any of the roles that were set, in upper or lower case', async () => {
    clients = connect(cloud, { serviceTokenRoles: ['dbaas', 'SERVICE'] });

    await expect(identify(aliceExpired, service)).resolves.toHaveProperty('userId');
  });
});

describe('a token that was good for a service’s request', () => {
  it('has expired for everybody else', async () => {
    await identify(aliceExpired, service);

    expect(clients.tokens.peek(aliceExpired)).toBeUndefined();
    expect(await outcomeOf(identify(aliceExpired))).toEqual(invalid('X-Auth-Token'));
  });

  it('is asked about again after the cache time: it may have been revoked', async () => {
    await identify(aliceExpired, service);
    cloud.keystone.revoke(aliceExpired);
    clients.clock.passes(300);

    expect(await outcomeOf(identify(aliceExpired, service))).toEqual(invalid('X-Auth-Token'));
  });
});

describe('a service token that is no good', () => {
  it.each([
    ['made up', () => 'gAAAAA'],
    ['malformed', () => 'größe'],
    ['two in one', () => `${service}, ${service}`],
    ['expired', () => cloud.keystone.tokenFor('trove', { lifetimeSeconds: -5 })],
  ])('ends the request, however good the user’s token is: %s', async (_, serviceToken) => {
    expect(await outcomeOf(identify(cloud.keystone.tokenFor('alice'), serviceToken()))).toEqual(
      invalid('X-Service-Token'),
    );
  });

  it('is a user’s: without the role of a service', async () => {
    const alice = cloud.keystone.tokenFor('alice');

    expect(await outcomeOf(identify(alice, alice))).toEqual({
      kind: 'unauthenticated',
      code: 'registered-flavors.token.not_allowed',
      detail: expect.stringContaining('none of the roles of a service: service.'),
    });
    expect(validationsAt(cloud)).toBe(1);
  });
});

describe('both tokens together', () => {
  it('are waited for no longer than the deadline', async () => {
    clients = connect(cloud, { keystoneDeadlineMs: 4_500 });
    cloud.keystone.isSlow(3_000, { path: /nocatalog$/ });
    cloud.keystone.hangs({ path: /allow_expired/ });

    const { ms, result } = await timed(() => outcomeOf(identify(aliceExpired, service)));

    expect(result.code).toBe('registered-flavors.keystone.unavailable');
    expect(ms).toBeLessThan(3_000 + 4_500);
  });
});
