import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { type Config, readConfig } from '../../src/config/config';
import { ConfigError } from '../../src/config/config-error';
import { temporaryFolder } from '../store/temporary-folder';

const COMPLETE = `
clouds:
  prod:
    auth:
      auth_url: https://keystone.example:5000
      username: registrar
      password: from clouds
      user_domain_name: Services
      project_name: service
      project_domain_id: d-1
    region_name: RegionOne
    interface: internal
`;

describe('OS_CLOUD', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => folder.remove());

  function write(name: string, content: string): string {
    mkdirSync(dirname(folder.in(name)), { recursive: true });
    writeFileSync(folder.in(name), content);
    return folder.in(name);
  }

  const read = (settings: Record<string, string> = {}): Config['openstack'] =>
    readConfig({ OS_CLOUD: 'prod', OS_CLIENT_CONFIG_FILE: folder.in('clouds.yaml'), ...settings }).openstack;

  function mistakes(settings: Record<string, string> = {}): readonly string[] {
    try {
      read(settings);
    } catch (error) {
      if (error instanceof ConfigError) return error.mistakes;
      throw error;
    }
    throw new Error('these settings were accepted');
  }

  it('takes URL, credentials, region and interface from clouds.yaml', () => {
    write('clouds.yaml', COMPLETE);
    expect(read()).toEqual({
      authUrl: 'https://keystone.example:5000/v3',
      credentials: {
        method: 'password',
        user: { name: 'registrar', domain: { name: 'Services' } },
        password: 'from clouds',
        project: { name: 'service', domain: { id: 'd-1' } },
      },
      endpoint: { region: 'RegionOne', interface: 'internal', override: undefined },
      ca: undefined,
    });
  });

  it('merges secure.yaml over it', () => {
    write('clouds.yaml', COMPLETE);
    write('secure.yaml', 'clouds: { prod: { auth: { password: from secure } }, other: { auth: { password: no } } }');
    expect(read().credentials).toMatchObject({ user: { name: 'registrar' }, password: 'from secure' });
  });

  it('knows application credentials, a CA file and an endpoint override, too', () => {
    const cacert = write('ca.pem', 'the certificates');
    const auth = '{ auth_url: "http://k/v3", application_credential_id: c-1, application_credential_secret: s }';
    const rest = `cacert: ${cacert}, compute_endpoint_override: "http://nova/v2.1", interface: adminURL`;
    write('clouds.yaml', `clouds: { prod: { auth: ${auth}, ${rest} } }`);
    expect(read()).toEqual({
      authUrl: 'http://k/v3',
      credentials: { method: 'application_credential', id: 'c-1', secret: 's' },
      endpoint: { region: undefined, interface: 'admin', override: 'http://nova/v2.1' },
      ca: 'the certificates',
    });
  });

  it('leaves region, interface, CA file and endpoint override to the variables, when they are set', () => {
    write('clouds.yaml', COMPLETE);
    const { endpoint, ca } = read({
      OS_REGION_NAME: 'RegionTwo',
      OS_INTERFACE: 'admin',
      OS_COMPUTE_ENDPOINT_OVERRIDE: 'http://nova/v2.1',
      OS_CACERT: write('ca.pem', 'the certificates'),
    });
    expect({ endpoint, ca }).toEqual({
      endpoint: { region: 'RegionTwo', interface: 'admin', override: 'http://nova/v2.1' },
      ca: 'the certificates',
    });
  });

  it('takes no credentials from the variables', () => {
    write('clouds.yaml', COMPLETE);
    expect(read({ OS_USERNAME: 'somebody', OS_PASSWORD: 'else', OS_AUTH_URL: 'http://elsewhere' })).toEqual(read());
  });

  it('reads numbers as what they look like', () => {
    write('clouds.yaml', COMPLETE.replace('from clouds', '12345').replace('RegionOne', '1'));
    const { credentials, endpoint } = read();
    expect([credentials, endpoint]).toMatchObject([{ password: '12345' }, { region: '1' }]);
  });

  it('names the clouds that there are when it knows no such one', () => {
    const file = write('clouds.yaml', 'clouds: { staging: {}, lab: {} }');
    expect(mistakes()).toEqual([`OS_CLOUD is "prod", but ${file} has no such cloud. It has: lab, staging.`]);
  });

  it('says so when the file is not there', () => {
    expect(mistakes()).toEqual([`OS_CLOUD is "prod", but there is no ${folder.in('clouds.yaml')}.`]);
  });

  it('names what is missing in the file, in words for variables and for files', () => {
    write('clouds.yaml', 'clouds: { prod: { auth: { username: registrar } } }');
    expect(mistakes()).toEqual([
      'OS_PASSWORD (password) is missing.',
      "OS_PROJECT_NAME (project_name) or OS_PROJECT_ID (project_id) is missing: the service user's project.",
      "OS_AUTH_URL (auth_url) is missing: Keystone's URL, such as https://keystone.example:5000/v3.",
    ]);
  });

  it('says where in the file something has the wrong form', () => {
    const file = write('clouds.yaml', 'clouds: { prod: { auth: { username: [a, b] }, verify: "no" } }');
    expect(mistakes()).toEqual([
      expect.stringContaining(`${file}: cloud "prod": auth.username: `),
      expect.stringContaining(`${file}: cloud "prod": verify: `),
    ]);
  });

  it('refuses to leave certificates unchecked', () => {
    write('clouds.yaml', `${COMPLETE}    verify: false\n`);
    expect(mistakes()).toEqual(['verify: false is not supported: name the CA file with cacert or OS_CACERT.']);
  });

  it.each([
    ['not YAML', 'clouds: { prod: { auth: { password: the-secret'],
    ['YAML without clouds', 'password: the-secret'],
    ['a text', 'the-secret'],
    ['nothing', ''],
    ['two keys alike', 'clouds: { prod: { password: the-secret, password: the-secret } }'],
  ])('says that the file cannot be read, and nothing of what it holds: %s', (_, content) => {
    const file = write('clouds.yaml', content);
    expect(mistakes()).toEqual([`${file} cannot be read as YAML with a "clouds" key.`]);
  });

  it('says the same of secure.yaml', () => {
    write('clouds.yaml', COMPLETE);
    const file = write('secure.yaml', 'clouds: { prod: { auth: { password: "the-secret');
    expect(mistakes()).toEqual([`${file} cannot be read as YAML with a "clouds" key.`]);
  });

  it('never repeats a password, in whatever form it stands in the file', () => {
    const secret = fc.stringMatching(/^[a-z]{8,20}$/).map((letters) => `~${letters}~`);
    const form = fc.constantFrom('%', '[%]', '{ a: % }', '"%', "'%'", '|%', '- %', '*%', '& %', 'true # %', '%: %');
    fc.assert(
      fc.property(secret, form, (value, pattern) => {
        const text = pattern.replaceAll('%', value);
        write('clouds.yaml', `clouds:\n  prod:\n    auth:\n      password: ${text}\n    verify: false\n`);
        expect(mistakes().join('\n')).not.toContain(value);
      }),
    );
  });

  it.each([
    ['the working folder', 'work/clouds.yaml'],
    ['~/.config/openstack', 'home/.config/openstack/clouds.yaml'],
  ])('finds clouds.yaml in %s', (_, name) => {
    write('work/.keep', '');
    write(name, COMPLETE);
    expect(configOfAProcess({ OS_CLOUD: 'prod' }).openstack.authUrl).toBe('https://keystone.example:5000/v3');
  });

  it('prefers the one in the working folder', () => {
    write('home/.config/openstack/clouds.yaml', COMPLETE);
    write('work/clouds.yaml', COMPLETE.replace('keystone.example', 'nearer.example'));
    expect(configOfAProcess({ OS_CLOUD: 'prod' }).openstack.authUrl).toBe('https://nearer.example:5000/v3');
  });

  it('may stand in a file .env of the working folder; the environment wins over that file', () => {
    write('work/clouds.yaml', COMPLETE);
    write('work/.env', 'OS_CLOUD=prod\nPORT=1\nOS_REGION_NAME=of the file\n');
    const { openstack, http } = configOfAProcess({ OS_REGION_NAME: 'of the environment' });
    expect([http.port, openstack.endpoint.region]).toEqual([1, 'of the environment']);
  });

  /** What a process reads whose working folder is `work` and whose home is `home`. */
  function configOfAProcess(environment: Record<string, string>): Config {
    const script = `process.stdout.write(JSON.stringify(require(process.argv[1]).readProcessConfig()))`;
    const runTypescript = join(__dirname, '../support/run-typescript.cjs');
    const { stdout } = spawnSync(
      process.execPath,
      ['--require', runTypescript, '--eval', script, join(__dirname, '../../src/config/config.ts')],
      {
        cwd: folder.in('work'),
        env: { HOME: folder.in('home'), ...environment },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    return JSON.parse(stdout) as Config;
  }
});
