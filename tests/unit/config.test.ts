import { CERTIFICATE } from './support/certificate';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { ConfigError } from '../../src/config/config-error';
import { temporaryFolder } from '../store/temporary-folder';
import { mistakes, mistakesWith, read } from './support/settings';

describe('readConfig', () => {
  it('names every mistake at once', () => {
    const settings = {
      PORT: '65536',
      MAX_HEADER_BYTES: '1e5',
      SHUTDOWN_SECONDS: '-1',
      VALIDATE_RESPONSES: 'yes',
      DATABASE_URL: 'postgres://user:secret@host/db',
      LOG_LEVEL: 'verbose',
      LOG_FORMAT: 'xml',
      READER_ROLES: 'reader,,member',
      SERVICE_ROLES: 'service,',
      TOKEN_CACHE_ENTRIES: '0',
      FLAVOR_TTL_SECONDS: '1.5',
      OS_INTERFACE: 'private',
      OS_COMPUTE_ENDPOINT_OVERRIDE: 'nova',
      OS_CACERT: '/no/such/file.pem',
    };
    expect(mistakes(settings)).toEqual([
      'PORT must be a whole number from 0 to 65535, not "65536".',
      'MAX_HEADER_BYTES must be a whole number from 16384 to 1048576, not "1e5".',
      'SHUTDOWN_SECONDS must be a whole number from 0 to 3600, not "-1".',
      'VALIDATE_RESPONSES must be one of true, false, not "yes".',
      'DATABASE_URL must begin with "file:" and name a file, like file:data/registry.db.',
      'LOG_LEVEL must be one of error, warn, info, debug, not "verbose".',
      'LOG_FORMAT must be one of json, text, not "xml".',
      'READER_ROLES must be names separated by commas, without an empty one.',
      'SERVICE_ROLES must be names separated by commas, without an empty one.',
      'TOKEN_CACHE_ENTRIES must be a whole number from 1 to 1000000, not "0".',
      'FLAVOR_TTL_SECONDS must be a whole number from 0 to 86400, not "1.5".',
      'OS_USERNAME (username) or OS_USER_ID (user_id) is missing, or OS_APPLICATION_CREDENTIAL_ID.',
      'OS_PASSWORD (password) is missing.',
      "OS_PROJECT_NAME (project_name) or OS_PROJECT_ID (project_id) is missing: the service user's project.",
      "OS_AUTH_URL (auth_url) is missing: Keystone's URL, such as https://keystone.example:5000/v3.",
      'OS_INTERFACE (interface) must be one of public, internal, admin, not "private".',
      'OS_COMPUTE_ENDPOINT_OVERRIDE (compute_endpoint_override) must be an http or https URL.',
      'OS_CACERT (cacert) names /no/such/file.pem, which cannot be read as a certificate in PEM.',
    ]);
  });

  it.each([
    ['KEYSTONE_TIMEOUT_MS', 'KEYSTONE_DEADLINE_MS'],
    ['NOVA_TIMEOUT_MS', 'NOVA_DEADLINE_MS'],
    ['UPSTREAM_ANSWER_MAX_BYTES', 'UPSTREAM_IN_FLIGHT_MAX_BYTES'],
  ])('does not let %s be more than %s', (part, whole) => {
    expect(mistakesWith({ [part]: '70001', [whole]: '70000' })).toEqual([
      `${part} (70001) must not be more than ${whole} (70000).`,
    ]);
    expect(() => read({ [part]: '70000', [whole]: '70000' })).not.toThrow();
  });

  it('refuses to have certificates unchecked, which Node.js would do for others', () => {
    expect(mistakesWith({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is not supported: name the CA file with OS_CACERT.',
    ]);
    expect(() => read({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).not.toThrow();
  });

  it('holds a setting against the default of the other one', () => {
    expect([mistakesWith({ KEYSTONE_TIMEOUT_MS: '10001' }), mistakesWith({ NOVA_DEADLINE_MS: '9999' })]).toEqual([
      ['KEYSTONE_TIMEOUT_MS (10001) must not be more than KEYSTONE_DEADLINE_MS (10000).'],
      ['NOVA_TIMEOUT_MS (10000) must not be more than NOVA_DEADLINE_MS (9999).'],
    ]);
  });

  it('names contradictions together with what OpenStack needs', () => {
    const settings = {
      KEYSTONE_TIMEOUT_MS: '2',
      KEYSTONE_DEADLINE_MS: '1',
      NOVA_TIMEOUT_MS: '2',
      NOVA_DEADLINE_MS: '1',
      UPSTREAM_ANSWER_MAX_BYTES: '65537',
      UPSTREAM_IN_FLIGHT_MAX_BYTES: '65536',
      WWW_AUTHENTICATE_URI: 'keystone',
      OS_PASSWORD: '',
    };
    expect(mistakesWith(settings)).toEqual([
      'OS_PASSWORD (password) is missing.',
      'WWW_AUTHENTICATE_URI must be an http or https URL.',
      'KEYSTONE_TIMEOUT_MS (2) must not be more than KEYSTONE_DEADLINE_MS (1).',
      'NOVA_TIMEOUT_MS (2) must not be more than NOVA_DEADLINE_MS (1).',
      'UPSTREAM_ANSWER_MAX_BYTES (65537) must not be more than UPSTREAM_IN_FLIGHT_MAX_BYTES (65536).',
    ]);
  });

  it('names contradictions also when another setting is malformed', () => {
    expect(mistakesWith({ PORT: 'x', NOVA_TIMEOUT_MS: '2', NOVA_DEADLINE_MS: '1' })).toEqual([
      'PORT must be a whole number from 0 to 65535, not "x".',
      'NOVA_TIMEOUT_MS (2) must not be more than NOVA_DEADLINE_MS (1).',
    ]);
  });

  it.each(['abc', '0x50', '+80', '8 0', '٨٠', '1_000', 'NaN', 'Infinity', '9'.repeat(400)])(
    'does not take "%s" for a number',
    (value) => {
      expect(mistakesWith({ PORT: value })).toEqual([`PORT must be a whole number from 0 to 65535, not "${value}".`]);
    },
  );

  it('takes both ends of a range', () => {
    expect([read({ PORT: '0' }).http.port, read({ PORT: '65535' }).http.port]).toEqual([0, 65_535]);
  });

  it('takes an empty value for none', () => {
    const empty = {
      PORT: '',
      LOG_LEVEL: '',
      READER_ROLES: '',
      SERVICE_ROLES: '',
      OS_CLOUD: '',
      OS_CACERT: '',
      OS_USER_ID: '',
    };
    expect(read(empty)).toEqual(read());
    expect(mistakesWith({ OS_PASSWORD: '' })).toEqual(['OS_PASSWORD (password) is missing.']);
  });

  it.each([
    ['with a password', {}],
    ['with an application credential', { OS_APPLICATION_CREDENTIAL_ID: 'c', OS_APPLICATION_CREDENTIAL_SECRET: 's' }],
  ])('cannot be changed afterwards, however deep: %s', (_, settings) => {
    const notFrozen: string[] = [];
    const look = (value: unknown, place: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) notFrozen.push(place);
      for (const [key, inner] of Object.entries(value)) look(inner, `${place}.${key}`);
    };
    look(read(settings), 'config');
    expect(notFrozen).toEqual([]);
  });

  it('throws when something tries to change it', () => {
    const { roles, openstack } = read();
    expect(() => (roles.admin as string[]).push('everybody')).toThrow(TypeError);
    expect(() => Object.assign(openstack.credentials, { password: 'else' })).toThrow(TypeError);
  });
});

it('SERVICE_TYPES takes only service types, each of them', () => {
  const said =
    'SERVICE_TYPES must be service types separated by commas. A service type is 1 to 64 lower-case letters, digits, ' +
    '".", "_" and "-", and begins with a letter or a digit.';
  expect(mistakesWith({ SERVICE_TYPES: 'redis,My SQL' })).toEqual([said]);
});

it('METRICS_PORT says that there are metrics, and METRICS_HOST where', () => {
  const { metrics } = read({ METRICS_PORT: '0' });
  expect([metrics, read({ METRICS_PORT: '9', METRICS_HOST: '::1' }).metrics, read().metrics]).toEqual([
    { host: '127.0.0.1', port: 0 },
    { host: '::1', port: 9 },
    undefined,
  ]);
});

describe('the endpoint of Nova', () => {
  it.each([
    ['public', 'public'],
    ['internal', 'internal'],
    ['admin', 'admin'],
    ['publicURL', 'public'],
    ['internalURL', 'internal'],
    ['adminURL', 'admin'],
  ])('OS_INTERFACE=%s means the %s one', (value, expected) => {
    expect(read({ OS_INTERFACE: value }).openstack.endpoint.interface).toBe(expected);
  });

  it('is chosen by region, or given outright', () => {
    const settings = { OS_REGION_NAME: 'RegionTwo', OS_COMPUTE_ENDPOINT_OVERRIDE: 'http://nova.inside:8774/v2.1' };
    expect(read(settings).openstack.endpoint).toEqual({
      region: 'RegionTwo',
      interface: 'public',
      override: 'http://nova.inside:8774/v2.1',
    });
  });
});

describe('OS_CACERT', () => {
  it('is read at the start', () => {
    const folder = temporaryFolder();
    writeFileSync(folder.in('ca.pem'), CERTIFICATE);
    expect(read({ OS_CACERT: folder.in('ca.pem') }).openstack.ca).toBe(CERTIFICATE);
    expect(mistakesWith({ OS_CACERT: folder.path })).toEqual([
      `OS_CACERT (cacert) names ${folder.path}, which cannot be read as a certificate in PEM.`,
    ]);
    writeFileSync(folder.in('hosts'), '127.0.0.1 localhost');
    expect(mistakesWith({ OS_CACERT: folder.in('hosts') })).toHaveLength(1);
    folder.remove();
  });
});

describe('a ConfigError', () => {
  it('has all mistakes in its text, a line each', () => {
    expect(String(new ConfigError(['one.', 'two.']))).toBe('ConfigError: one.\ntwo.');
  });

  const broken = {
    PORT: 'x',
    LOG_LEVEL: 'x',
    READER_ROLES: ',',
    OS_INTERFACE: 'x',
    OS_CACERT: '/no/such/file',
    OS_AUTH_URL: 'x',
    OS_PROJECT_NAME: '',
    OS_USERNAME: '',
  };
  const secrets = ['OS_PASSWORD', 'OS_APPLICATION_CREDENTIAL_SECRET'];
  const oneOrMore = <T>(items: T[]) => fc.subarray(items, { minLength: 1 });

  it('never holds a password or a secret, whatever else is wrong', () => {
    const secret = fc.string({ unit: 'binary', minLength: 1 }).map((text) => `~${text}~`);
    fc.assert(
      fc.property(secret, oneOrMore(secrets), oneOrMore(Object.entries(broken)), (value, names, wrong) => {
        const given = { ...Object.fromEntries(wrong), ...Object.fromEntries(names.map((name) => [name, value])) };
        // PORT makes sure that there is something to complain about
        const said = mistakesWith({ ...given, PORT: 'x' }).join('\n');
        expect(said).not.toContain(value);
      }),
    );
  });
});
