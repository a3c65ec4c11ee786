import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readConfig } from '../../src/config/config';
import { readEnvLines } from '../../src/config/env-lines';
import { OPENSTACK_SETTINGS, serviceSettings } from '../../src/config/settings';

const TEXT = readFileSync(join(__dirname, '../../.env.example'), 'utf8');

/** What the file sets, read as Node reads a `.env`. */
const set = parseEnv(TEXT) as Record<string, string>;
/** What the file shows as a default, in lines like `# PORT=8788`. */
const shown = parseEnv([...TEXT.matchAll(/^# ([A-Z][A-Z0-9_]*=.*)$/gm)].map(([, line]) => line).join('\n')) as Record<
  string,
  string
>;

describe('.env.example', () => {
  it('names each setting once, and nothing else', () => {
    const settings = [...OPENSTACK_SETTINGS, ...Object.keys(serviceSettings.shape)];
    const lines = [...TEXT.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);
    expect(lines.toSorted()).toEqual(settings.toSorted());
  });

  it('sets only what an operator must set', () => {
    expect(Object.keys(set).toSorted()).toEqual([
      'OS_AUTH_URL',
      'OS_PASSWORD',
      'OS_PROJECT_DOMAIN_NAME',
      'OS_PROJECT_NAME',
      'OS_REGION_NAME',
      'OS_USERNAME',
      'OS_USER_DOMAIN_NAME',
    ]);
  });

  it('is a valid config as it is', () => {
    expect(readConfig(set).openstack).toEqual({
      authUrl: 'https://keystone.example:5000/v3',
      wwwAuthenticateUri: 'https://keystone.example:5000/v3',
      credentials: {
        method: 'password',
        user: { name: 'registered-flavors', domain: { name: 'Default' } },
        password: 'replace-with-the-password',
        project: { name: 'service', domain: { name: 'Default' } },
      },
      endpoint: { region: 'RegionOne', interface: 'public', override: undefined },
      ca: undefined,
    });
  });

  it('shows a value for each setting that has a default of its own', () => {
    const withDefault = Object.entries(serviceSettings.parse({}))
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name);
    const withValue = Object.keys(shown).filter((name) => shown[name] !== '');
    expect(withValue.toSorted()).toEqual([...withDefault, 'OS_INTERFACE'].toSorted());
  });

  it.each(Object.entries(shown))('shows the default of %s, which is "%s"', (name, value) => {
    expect(readConfig({ ...set, [name]: value })).toEqual(readConfig(set));
  });

  it('has nothing but one of those lines, comments and empty lines', () => {
    const others = TEXT.split('\n').filter(
      (line) => line !== '' && !line.startsWith('#') && !/^OS_[A-Z_]+=/.test(line),
    );
    expect(others).toEqual([]);
  });

  it('is read alike by Node.js, line by line, by a shell, and by those who take each line as it stands', () => {
    const inShell = spawnSync('sh', ['-c', 'set -a; . ./.env.example; env'], {
      ...{ cwd: join(__dirname, '../..'), env: { PATH: process.env['PATH'] }, encoding: 'utf8' },
    });
    const asItStands = TEXT.split('\n').filter((line) => /^[^#]/.test(line));
    expect(inShell.stdout.split('\n').filter((line) => asItStands.includes(line))).toHaveLength(asItStands.length);
    expect(asItStands.toSorted()).toEqual(
      Object.entries(set)
        .map((pair) => pair.join('='))
        .toSorted(),
    );
    const { settings, mistakes } = readEnvLines(TEXT, () => true);
    expect([Object.fromEntries(settings.map(({ name, value }) => [name, value])), mistakes]).toEqual([set, []]);
  });

  it('explains each setting: a comment stands before each group of lines', () => {
    const lines = TEXT.split('\n');
    const isSetting = (line: string | undefined) => /^(?:# )?[A-Z][A-Z0-9_]*=/.test(line ?? '');
    const unexplained = lines.filter((line, at) => isSetting(line) && lines[at - 1] === '');
    expect(unexplained).toEqual([]);
  });
});
