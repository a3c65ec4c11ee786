import type { Credentials } from '../../src/openstack/credentials';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, connect, passwordOf } from './support/clients';
import { everythingSaidBy, failureOf, loginsAt, outcomeOf } from './support/expectations';

let cloud: StubCloud;

beforeEach(async () => {
  cloud = await startStubCloud();
});

afterEach(async () => {
  await cloud.close();
});

function logIn(credentials: Credentials, authUrl = cloud.authUrl) {
  return connect(cloud, { authUrl }).keystone.issueToken(credentials, aCall());
}

function byApplicationCredential(changes: { id?: string; secret?: string } = {}): Credentials {
  return { method: 'application_credential', ...cloud.keystone.applicationCredential, ...changes };
}

const unavailable = { kind: 'unavailable', code: 'registered-flavors.keystone.unavailable' };

describe('logging in', () => {
  it('takes a password with names', async () => {
    const { id, token } = await logIn(passwordOf(cloud));

    expect(cloud.keystone.findValidToken(id)?.user.name).toBe('flavorsvc');
    expect(token.caller).toEqual({
      userId: '0f45577386664247a5d8b3c5caa4fa94',
      projectId: cloud.keystone.projectId('service'),
      roles: ['admin', 'service', 'member', 'reader'],
    });
    expect(token.expiresAt).toBeGreaterThan(Date.now() + 3_590_000);
    expect(token.catalog.map(({ type }) => type)).toEqual(['identity', 'compute']);
  });

  it('takes a password with ids', async () => {
    const { password } = cloud.keystone.credentials('flavorsvc');
    const user = { id: '0f45577386664247a5d8b3c5caa4fa94' };
    const project = { id: cloud.keystone.projectId('service') };

    const { id } = await logIn({ method: 'password', user, password, project });

    expect(cloud.keystone.findValidToken(id)?.user.name).toBe('flavorsvc');
  });

  it('takes an application credential, which must not ask for a scope', async () => {
    const { id, token } = await logIn(byApplicationCredential());

    expect(cloud.keystone.findValidToken(id)?.methods).toEqual(['application_credential']);
    expect(token.caller.projectId).toBe(cloud.keystone.projectId('service'));
  });

  it('sends the request id on', async () => {
    await logIn(passwordOf(cloud));

    expect(cloud.keystone.requests[0]?.headers['x-openstack-request-id']).toBe(aCall().globalRequestId);
  });
});

describe('a login that is refused', () => {
  it.each([
    ['a wrong password', () => ({ ...passwordOf(cloud), password: 'not-the-password' }), 'Either its user, password'],
    [
      'an unknown application credential',
      () => byApplicationCredential({ id: 'nobody' }),
      'Either its application credential',
    ],
    [
      'a wrong secret',
      () => byApplicationCredential({ secret: 'not-the-secret' }),
      'Either its application credential',
    ],
  ])('is the operator’s to mend and names no secret: %s', async (_, credentials, said) => {
    const error = await failureOf(logIn(credentials()));

    expect(error).toMatchObject({ kind: 'unavailable', problems: [{ code: unavailable.code }], retryAfterSeconds: 60 });
    expect(error.message).toContain(said);
    expect(everythingSaidBy(error)).not.toMatch(/not-the-(password|secret)|flavorsvc-(pw|secret)/);
    expect(loginsAt(cloud)).toBe(1);
  });

  it('doubts OS_AUTH_URL when the 404 is not Keystone’s', async () => {
    const login = logIn(passwordOf(cloud), `${cloud.novaUrl.replace('/v2.1', '')}/v3`);

    expect(await outcomeOf(login)).toEqual({ ...unavailable, detail: expect.stringMatching(/ 404 .*OS_AUTH_URL/) });
  });

  it('doubts OS_AUTH_URL when Keystone has no such path: a password is never "not found"', async () => {
    const login = logIn(passwordOf(cloud), cloud.authUrl.replace('/v3', '/identity/v3'));

    expect(await outcomeOf(login)).toEqual({ ...unavailable, detail: expect.stringMatching(/404.*OS_AUTH_URL/) });
  });

  it('doubts OS_AUTH_URL when somebody redirects', async () => {
    cloud.keystone.redirectsTo('https://elsewhere.example/v3/auth/tokens');

    expect(await outcomeOf(logIn(passwordOf(cloud)))).toEqual({
      ...unavailable,
      detail: expect.stringMatching(/ 302 .*OS_AUTH_URL/),
    });
  });

  it.each([
    ['an answer without a token', () => cloud.keystone.fails(201, { body: { token: {} } })],
    [
      'an end that is no date',
      () => cloud.keystone.fails(201, { body: { token: { user: { id: 'u' }, expires_at: '?' } } }),
    ],
    ['an empty object', () => cloud.keystone.fails(201, { body: {} })],
  ])('is unavailable on %s', async (_, goWrong) => {
    goWrong();

    expect(await outcomeOf(logIn(passwordOf(cloud)))).toEqual({
      ...unavailable,
      detail: 'Keystone gave a token that cannot be understood.',
    });
  });

  it('is unavailable while Keystone is down, with the reason an operator needs', async () => {
    await cloud.keystone.stops();

    expect(await outcomeOf(logIn(passwordOf(cloud)))).toEqual({
      ...unavailable,
      detail: expect.stringContaining('Keystone cannot be reached (ECONNREFUSED)'),
    });
  });
});
