import { oddSecrets } from '../../src/config/odd-values';
import { mistakesWith, read } from './support/settings';

const KEPT = 'docker and podman keep the quotes of an --env-file';

describe('values that came with something else', () => {
  it('are those of an --env-file with quotes, and all of them are named', () => {
    expect(
      mistakesWith({ OS_PASSWORD: "'s3#cret'", ADMIN_ROLES: '"admin,flavor-keeper"', OS_REGION_NAME: '"RegionOne"' }),
    ).toEqual([
      `OS_REGION_NAME begins with a quote (") and ends with a quote ("), which would be a part of it: ${KEPT}. Write it without.`,
      `ADMIN_ROLES begins with a quote (") and ends with a quote ("), which would be a part of it: ${KEPT}. Write it without.`,
      `OS_PASSWORD begins and ends with a quote, which is taken for a part of it: ${KEPT}.`,
    ]);
  });

  it.each<[string, string, string]>([
    ['PORT', '"8788"', `begins with a quote (") and ends with a quote ("), which would be a part of it: ${KEPT}`],
    ['PORT', "'8788", `begins with a quote ('), which would be a part of it: ${KEPT}`],
    ['OS_REGION_NAME', 'RegionOne`', `ends with a quote (\`), which would be a part of it: ${KEPT}`],
    [
      'OS_USERNAME',
      '“registrar”',
      `begins with a quote (“) and ends with a quote (”), which would be a part of it: ${KEPT}`,
    ],
    [
      'OS_AUTH_URL',
      '"https://k.example"',
      `begins with a quote (") and ends with a quote ("), which would be a part of it: ${KEPT}`,
    ],
    [
      'ADMIN_ROLES',
      'admin, "keeper"',
      `begins with a quote (") and ends with a quote ("), which would be a part of it: ${KEPT}`,
    ],
    [
      'OS_TENANT_NAME',
      "'service'",
      `begins with a quote (') and ends with a quote ('), which would be a part of it: ${KEPT}`,
    ],
    ['DATABASE_URL', 'file:x.db ', 'ends with a blank, which would be a part of it'],
    ['DATABASE_URL', '\tfile:x.db', 'begins with a tab, which would be a part of it'],
    ['HOST', '::1\r', 'ends with a carriage return, which would be a part of it'],
    ['OS_USERNAME', 'registrar\n', 'ends with a line feed, which would be a part of it'],
    ['OS_USERNAME', '\u00a0registrar', 'begins with U+00A0, which would be a part of it'],
    ['PORT', '8788\r\n', 'ends with a line feed, which would be a part of it'],
    ['PORT', '   ', 'begins with a blank and ends with a blank, which would be a part of it'],
    ['LOG_LEVEL', '\ufeffinfo', 'begins with U+FEFF, which would be a part of it'],
    ['OS_AUTH_URL', ' https://k.example', 'begins with a blank, which would be a part of it'],
  ])('%s=%j: the mistake is named, and once', (name, value, mistake) => {
    expect(mistakesWith({ [name]: value })).toEqual([`${name} ${mistake}. Write it without.`]);
  });

  it('are looked at for what else is wrong with them', () => {
    expect(mistakesWith({ PORT: '"x"' })).toEqual([
      expect.stringMatching(/^PORT begins/),
      'PORT must be a whole number from 0 to 65535, not "x".',
    ]);
    expect(mistakesWith({ OS_AUTH_URL: 'https://k.example\r\nX-Forged:1@/' })).toEqual([
      'OS_AUTH_URL has a carriage return in it, which no value may have.',
      'OS_AUTH_URL (auth_url) must be an http or https URL.',
    ]);
  });

  it('have blanks around the names of a list: these are nothing', () => {
    expect(read({ ADMIN_ROLES: ' admin,\n keeper\r\n' }).roles.admin).toEqual(['admin', 'keeper']);
  });

  it.each([
    ['OS_USERNAME', 'a\nPORT=1', 'OS_USERNAME has a line feed in it, which no value may have.'],
    ['OS_AUTH_URL', 'https://k.example/\ta', 'OS_AUTH_URL has a tab in it, which no value may have.'],
    ['PORT', '87\u007f88', 'PORT has U+007F in it, which no value may have.'],
    [
      'DATABASE_URL',
      'file:${HOME}/x.db',
      'DATABASE_URL has a ${NAME}, $(NAME) or $HOME in it, which nothing fills in here.',
    ],
    [
      'DATABASE_URL',
      'file:$HOME/x.db',
      'DATABASE_URL has a ${NAME}, $(NAME) or $HOME in it, which nothing fills in here.',
    ],
    ['OS_USERNAME', '$(USER)', 'OS_USERNAME has a ${NAME}, $(NAME) or $HOME in it, which nothing fills in here.'],
  ])('%s=%j is not what was meant', (name, value, mistake) => {
    expect(mistakesWith({ [name]: value })).toEqual([mistake]);
  });

  it('may have quotes, blanks and "$" elsewhere', () => {
    const { openstack } = read({ OS_USERNAME: `it's "my" $user$`, OS_REGION_NAME: 'Region One' });
    expect(openstack).toMatchObject({
      credentials: { user: { name: `it's "my" $user$` } },
      endpoint: { region: 'Region One' },
    });
  });

  it('are addresses that Kubernetes sets for a Service', () => {
    expect(mistakesWith({ METRICS_PORT: 'tcp://10.0.0.1:9090' })).toEqual([
      'METRICS_PORT must be a number: Kubernetes sets it to an address in each pod when a Service has the name "metrics". ' +
        'Set enableServiceLinks: false for the pod, or give the Service another name.',
    ]);
    expect(mistakesWith({ PORT: 'UDP://10.0.0.1:53' })).toEqual([
      'PORT must be a number, and not an address as Kubernetes sets NAME_PORT for a Service.',
    ]);
    expect(mistakesWith({ HOST: 'tcp://"' })).toEqual([expect.stringMatching(/^HOST ends with a quote/)]);
  });
});

const INVISIBLE =
  'OS_PASSWORD begins or ends with a blank, a line end or an invisible character, which is taken for a part of it.';
const UNFILLED = 'OS_PASSWORD looks like a placeholder that nothing has filled in, and is taken as it is.';

describe('secrets that look odd', () => {
  it.each([
    ["'s3#cret'", `OS_PASSWORD begins and ends with a quote, which is taken for a part of it: ${KEPT}.`],
    ['“s3cret”', `OS_PASSWORD begins and ends with a quote, which is taken for a part of it: ${KEPT}.`],
    ['s3cret\n', INVISIBLE],
    [' s3cret', INVISIBLE],
    ['s3cret\u200b', INVISIBLE],
    ['s3\ncret', 'OS_PASSWORD has a line end in it, which is taken for a part of it.'],
    ['${OS_PW}', UNFILLED],
    ['{{ vault_pw }}', UNFILLED],
  ])('are warned about and taken as they are: %j', (value, warning) => {
    expect(oddSecrets({ OS_PASSWORD: value })).toEqual([warning]);
    expect(read({ OS_PASSWORD: value }).openstack.credentials).toMatchObject({ password: value });
  });

  it('are not those with a quote at one end, or inside', () => {
    expect(oddSecrets({ OS_PASSWORD: "'", OS_APPLICATION_CREDENTIAL_SECRET: `'a"b` })).toEqual([]);
    expect(oddSecrets({})).toEqual([]);
  });

  it('are of application credentials, too', () => {
    expect(oddSecrets({ OS_APPLICATION_CREDENTIAL_SECRET: '"a"' })).toEqual([
      `OS_APPLICATION_CREDENTIAL_SECRET begins and ends with a quote, which is taken for a part of it: ${KEPT}.`,
    ]);
  });
});
