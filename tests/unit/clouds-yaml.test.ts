import { CERTIFICATE } from './support/certificate';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Config } from '../../src/config/config';
import { COMPLETE, useCloudFiles } from './support/cloud-files';

describe('OS_CLOUD', () => {
  const { pathOf, write, read, mistakes } = useCloudFiles();

  it('takes URL, credentials, region and interface from clouds.yaml', () => {
    write('clouds.yaml', COMPLETE);
    expect(read()).toEqual({
      authUrl: 'https://keystone.example:5000/v3',
      wwwAuthenticateUri: 'https://keystone.example:5000/v3',
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
    const cacert = write('ca.pem', CERTIFICATE);
    const auth = '{ auth_url: "http://k/v3", application_credential_id: c-1, application_credential_secret: s }';
    const rest = `auth_type: v3applicationcredential, cacert: ${cacert}, compute_endpoint_override: "http://nova/v2.1", interface: adminURL`;
    write('clouds.yaml', `clouds: { prod: { auth: ${auth}, ${rest} } }`);
    expect(read()).toEqual({
      authUrl: 'http://k/v3',
      wwwAuthenticateUri: 'http://k/v3',
      credentials: { method: 'application_credential', id: 'c-1', secret: 's' },
      endpoint: { region: undefined, interface: 'admin', override: 'http://nova/v2.1' },
      ca: CERTIFICATE,
    });
  });

  it('leaves region, interface, CA file and endpoint override to the variables, when they are set', () => {
    write('clouds.yaml', COMPLETE);
    const { endpoint, ca } = read({
      OS_REGION_NAME: 'RegionTwo',
      OS_INTERFACE: 'admin',
      OS_COMPUTE_ENDPOINT_OVERRIDE: 'http://nova/v2.1',
      OS_CACERT: write('ca.pem', CERTIFICATE),
    });
    expect({ endpoint, ca }).toEqual({
      endpoint: { region: 'RegionTwo', interface: 'admin', override: 'http://nova/v2.1' },
      ca: CERTIFICATE,
    });
  });

  it('takes no credentials from the variables', () => {
    write('clouds.yaml', COMPLETE);
    expect(read({ OS_USERNAME: 'somebody', OS_PASSWORD: 'else', OS_AUTH_URL: 'http://elsewhere' })).toEqual(read());
  });

  it('names the clouds that there are when it knows no such one', () => {
    const file = write('clouds.yaml', 'clouds: { staging: {}, lab: {} }');
    expect(mistakes()).toEqual([`OS_CLOUD is "prod", but ${file} has no such cloud. It has: lab, staging.`]);
  });

  it.each(['toString', 'constructor', 'hasOwnProperty', '__proto__'])('knows no cloud %s that nobody wrote', (name) => {
    const file = write('clouds.yaml', 'clouds: { staging: {} }');
    expect(mistakes({ OS_CLOUD: name })).toEqual([
      `OS_CLOUD is "${name}", but ${file} has no such cloud. It has: staging.`,
    ]);
  });

  it('knows a cloud toString that somebody wrote', () => {
    write('clouds.yaml', COMPLETE.replace('prod:', 'toString:'));
    expect(read({ OS_CLOUD: 'toString' }).authUrl).toBe('https://keystone.example:5000/v3');
  });

  it('says so when there are no clouds', () => {
    const file = write('clouds.yaml', 'clouds: {}');
    expect(mistakes()).toEqual([`OS_CLOUD is "prod", but ${file} has no such cloud. It has: none.`]);
  });

  it('says so when the file is not there', () => {
    expect(mistakes()).toEqual([`OS_CLOUD is "prod", but there is no ${pathOf('clouds.yaml')}.`]);
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
    const file = write('clouds.yaml', 'clouds: { prod: { auth: { username: [a, b] }, verify: { a: b } } }');
    expect(mistakes()).toEqual([
      `${file}: cloud prod.verify: must be a text.`,
      `${file}: cloud prod.auth.username: must be a text.`,
    ]);
  });

  it.each(['the text', '[a, b]'])('says so when a cloud is no mapping but %s', (value) => {
    const file = write('clouds.yaml', `clouds: { prod: ${value} }`);
    expect(mistakes()).toEqual([expect.stringContaining(`${file}: cloud prod: `)]);
  });

  it.each([
    [
      'clouds: { prod: { auth: { password: the-secret',
      'cannot be read: the indentation does not fit, or a bracket is not closed (line 1).',
    ],
    [
      'clouds:\n  prod:\n\tpassword: the-secret',
      'cannot be read: a tab is used to indent: YAML wants blanks (line 3).',
    ],
    ['clouds:\n  prod:\n    a: the-secret\n    a: b', 'cannot be read: a key stands there twice (line 4).'],
    [
      'clouds:\n  prod:\n    a: "the-secret',
      'cannot be read: a quote, a bracket, a comma or a colon is missing (line 3).',
    ],
    ['clouds: {}\n---\nthe-secret: {}', 'cannot be read: a second document begins (line 2).'],
    ['clouds: the-secret: b', 'cannot be read: it is no well-formed YAML (BLOCK_AS_IMPLICIT_KEY) (line 1).'],
    ['clouds: *the-secret', 'cannot be read: an alias has no anchor, or too many stand there.'],
    ['password: the-secret', 'has no mapping "clouds".'],
    ['the-secret', 'has no mapping "clouds".'],
    [Buffer.from('clouds: the-secret \xE4', 'latin1'), 'cannot be read: it is not in UTF-8.'],
  ])('says what is wrong with a file and where, and nothing of what it holds: %j', (content, said) => {
    const file = write('clouds.yaml', content);
    expect(mistakes()).toEqual([`${file} ${said}`]);
  });

  it('says so when the file is a folder', () => {
    write('clouds.yaml/in-it', '');
    expect(mistakes()).toEqual([`${pathOf('clouds.yaml')} cannot be read (EISDIR).`]);
  });

  it('takes a file with a byte order mark and the line ends of Windows', () => {
    write('clouds.yaml', `\uFEFF${COMPLETE.replaceAll('\n', '\r\n')}`);
    expect(read().credentials).toMatchObject({ password: 'from clouds' });
  });

  it('says where in secure.yaml something has the wrong form', () => {
    const file = write('clouds.yaml', COMPLETE);
    write('secure.yaml', 'clouds: { prod: { auth: the-secret } }');
    expect(mistakes()).toEqual([expect.stringContaining(`${file}: cloud prod.auth: `)]);
    expect(mistakes().join()).not.toContain('the-secret');
  });

  it('says the same of secure.yaml', () => {
    write('clouds.yaml', COMPLETE);
    const file = write('secure.yaml', 'clouds: { prod: { auth: { password: "the-secret');
    expect(mistakes()).toEqual([`${file} cannot be read: a quote, a bracket, a comma or a colon is missing (line 1).`]);
  });

  it.each([
    ['a tag that nobody knows', '!vault s3cret'],
    ['a tag of YAML that does not fit', '!!int s3cret'],
    ['a tag of YAML that is not read', '!!binary s3cret'],
    ['a key that is a mapping', '{ ? { s3cret: s3cret } : s3cret }'],
    ['an alias without an anchor', '*s3cret'],
    ['an anchor alone', '&s3cret'],
    ['text behind a text', '"s3cret" s3cret'],
    ['a mapping in a mapping', 's3cret: s3cret: s3cret'],
    ['an escape that nobody knows', '"\\s3cret"'],
    ['a directive', 'x\n%s3cret s3cret\n---\ns3cret'],
  ])('prints nothing, whatever the file holds: %s', (_, password) => {
    write('work/clouds.yaml', COMPLETE.replace('from clouds', password));
    const { stdout, stderr } = runReader({ OS_CLOUD: 'prod' }, 'try { read() } catch (e) { console.log(e.message) }');
    expect({ stderr, secrets: stdout.match(/.*s3cret.*/g) }).toEqual({ stderr: '', secrets: null });
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

  function configOfAProcess(environment: Record<string, string>): Config {
    const { stdout, stderr } = runReader(environment, 'process.stdout.write(JSON.stringify(read()))');
    expect(stderr).toBe('');
    return JSON.parse(stdout) as Config;
  }

  /** What statements print in a process whose working folder is `work` and whose home is `home`. */
  function runReader(environment: Record<string, string>, statements: string): { stdout: string; stderr: string } {
    const script = `const { readProcessConfig: read } = require(process.argv[1]); ${statements}`;
    const runTypescript = join(__dirname, '../support/run-typescript.cjs');
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--require', runTypescript, '--eval', script, join(__dirname, '../../src/config/config.ts')],
      { cwd: pathOf('work'), env: { HOME: pathOf('home'), ...environment }, encoding: 'utf8' },
    );
    return { stdout, stderr };
  }
});
