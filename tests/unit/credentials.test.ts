import { readConfig } from '../../src/config/config';
import { authBody } from '../../src/openstack/credentials';

const AUTH_URL = { OS_AUTH_URL: 'https://keystone.example/v3' };

/** What the service sends to Keystone to log in. */
const login = (settings: Record<string, string>) =>
  authBody(readConfig({ ...AUTH_URL, ...settings }).openstack.credentials);

describe('logging in', () => {
  it('by name, in the default domain', () => {
    expect(login({ OS_USERNAME: 'registrar', OS_PASSWORD: 'pw', OS_PROJECT_NAME: 'service' })).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'registrar', domain: { id: 'default' }, password: 'pw' } },
        },
        scope: { project: { name: 'service', domain: { id: 'default' } } },
      },
    });
  });

  it('by name, each in its own domain', () => {
    const settings = {
      OS_USERNAME: 'registrar',
      OS_USER_DOMAIN_NAME: 'Services',
      OS_PASSWORD: 'pw',
      OS_PROJECT_NAME: 'service',
      OS_PROJECT_DOMAIN_ID: 'd-2',
      OS_PROJECT_DOMAIN_NAME: 'not looked at: the id wins',
    };
    expect(login(settings)).toMatchObject({
      auth: {
        identity: { password: { user: { name: 'registrar', domain: { name: 'Services' } } } },
        scope: { project: { name: 'service', domain: { id: 'd-2' } } },
      },
    });
  });

  it('by id, which needs no domain and wins over the name', () => {
    const ids = { OS_USER_ID: 'u-1', OS_PROJECT_ID: 'p-1' };
    const names = { OS_USERNAME: 'registrar', OS_PROJECT_NAME: 'service', OS_USER_DOMAIN_NAME: 'Services' };
    expect(login({ ...ids, ...names, OS_PASSWORD: 'pw' })).toEqual({
      auth: {
        identity: { methods: ['password'], password: { user: { id: 'u-1', password: 'pw' } } },
        scope: { project: { id: 'p-1' } },
      },
    });
  });

  it('with an application credential, which wins over a password and has no scope', () => {
    const credential = { OS_APPLICATION_CREDENTIAL_ID: 'c-1', OS_APPLICATION_CREDENTIAL_SECRET: 's' };
    const password = { OS_USERNAME: 'registrar', OS_PASSWORD: 'pw', OS_PROJECT_NAME: 'service' };
    expect(login({ ...credential, ...password })).toEqual({
      auth: {
        identity: { methods: ['application_credential'], application_credential: { id: 'c-1', secret: 's' } },
      },
    });
  });

  it('does not fall back to a password when the secret of an application credential is missing', () => {
    const password = { OS_USERNAME: 'registrar', OS_PASSWORD: 'pw', OS_PROJECT_NAME: 'service' };
    expect(() => login({ OS_APPLICATION_CREDENTIAL_ID: 'c-1', ...password })).toThrow(
      'OS_APPLICATION_CREDENTIAL_SECRET (application_credential_secret) is missing.',
    );
  });
});
