import fc from 'fast-check';
import { COMPLETE, useCloudFiles } from './support/cloud-files';

describe('a value in clouds.yaml', () => {
  const { write, read, mistakes, warnings } = useCloudFiles();

  it.each([
    '12345',
    '12345678901234567890',
    '0123',
    '1e5',
    '1.0',
    '0x1F',
    '0o17',
    '+1',
    '1_000',
    '12:30',
    '.inf',
    'true',
    'No',
    '2026-01-01',
    '~x',
  ])('reads %s as the text that stands there', (value) => {
    write('clouds.yaml', COMPLETE.replace('from clouds', value).replace('RegionOne', value));
    const { credentials, endpoint } = read();
    expect([credentials, endpoint]).toMatchObject([{ password: value }, { region: value }]);
  });

  it.each(['v3token', 'v3oidcpassword'])('refuses auth_type %s, by which this service cannot log in', (value) => {
    write('clouds.yaml', COMPLETE.replace('    auth:', `    auth_type: ${value}\n    auth:`));
    expect(mistakes()).toEqual([expect.stringContaining('prod.auth_type must be one of password, v3password')]);
  });

  it.each(['password', 'v3password', '~'])('takes auth_type %s', (value) => {
    write('clouds.yaml', COMPLETE.replace('    auth:', `    auth_type: ${value}\n    auth:`));
    expect(read().credentials).toMatchObject({ method: 'password' });
  });

  it.each(['', "''", '""', '~', 'null', 'Null', 'NULL'])('takes %s for: not set', (value) => {
    write('clouds.yaml', COMPLETE.replace('RegionOne', value).replace(/interface: .*/, `interface: ${value}`));
    expect(read().endpoint).toEqual({ region: undefined, interface: 'public', override: undefined });
    write('clouds.yaml', COMPLETE.replace('from clouds', value));
    expect(mistakes()).toEqual(['OS_PASSWORD (password) is missing.']);
  });

  it.each([
    'clouds:\n  prod:\n',
    'clouds: { prod: ~ }',
    'clouds: { prod: { auth: } }',
    'clouds: { prod: { auth: { password: } } }',
  ])('is not taken away by a secure.yaml that leaves it empty: %j', (secure) => {
    write('clouds.yaml', COMPLETE);
    const without = read();
    write('secure.yaml', secure);
    expect(read()).toEqual(without);
  });

  it('knows merge keys', () => {
    const auth = "{ auth_url: 'http://k', username: registrar, project_name: service, password: of the base }";
    const base = `base: &base { region_name: R1, interface: internal, auth: &auth ${auth} }\n`;
    const plain = 'clouds: { prod: { <<: *base, region_name: R2 } }';
    write('clouds.yaml', base + plain);
    const whole = read();
    write('clouds.yaml', `${base}clouds: { prod: { <<: *base, auth: { <<: *auth, password: 0123 } } }`);
    const inner = read();
    expect([whole, inner]).toMatchObject([
      { endpoint: { region: 'R2', interface: 'internal' }, credentials: { password: 'of the base' } },
      { endpoint: { region: 'R1' }, credentials: { password: '0123', user: { name: 'registrar' } } },
    ]);
  });

  it('prefers the first of several that are merged', () => {
    const bases = 'bases: [&one { region_name: R1 }, &two { region_name: R2, interface: internal }]';
    write('clouds.yaml', `${bases}\n${COMPLETE.replace(/ {4}region_name[^]*/, '    <<: [*one, *two]\n')}`);
    expect(read().endpoint).toMatchObject({ region: 'R1', interface: 'internal' });
  });

  it.each(['false', 'False', 'FALSE', 'no', 'No', 'off', 'OFF', '0', '"no"', "'false'"])(
    'refuses to leave certificates unchecked: verify: %s',
    (value) => {
      write('clouds.yaml', `${COMPLETE}    verify: ${value}\n`);
      expect(mistakes()).toEqual([
        expect.stringMatching(/prod.verify: false is not supported: name the CA file with cacert or OS_CACERT.$/),
      ]);
    },
  );

  it('refuses it in secure.yaml, too', () => {
    write('clouds.yaml', `${COMPLETE}    verify: true\n`);
    write('secure.yaml', 'clouds: { prod: { verify: off } }');
    expect(mistakes()).toEqual([
      expect.stringMatching(/prod.verify: false is not supported: name the CA file with cacert or OS_CACERT.$/),
    ]);
  });

  it.each(['true', 'True', 'yes', 'on', '1', '', '~', 'null', 'piano', 'nobody'])(
    'has nothing against verify: %s',
    (value) => {
      write('clouds.yaml', COMPLETE);
      const without = read();
      write('clouds.yaml', `${COMPLETE}    verify: ${value}\n`);
      expect(read()).toEqual(without);
    },
  );

  it.each([
    ['auth_url', 'ftp://k', 'OS_AUTH_URL (auth_url) must be an http or https URL.'],
    [
      'auth_url',
      'https://me:a-secret@k',
      'OS_AUTH_URL (auth_url) must be a URL without a user, a password, a query or a fragment.',
    ],
  ])('takes no %s: %s', (key, value, said) => {
    write('clouds.yaml', COMPLETE.replace(/auth_url: .*/, `${key}: ${value}`));
    expect(mistakes()).toEqual([said]);
  });

  it.each(['nova', 'ftp://nova', 'https://me:a-secret@nova', 'https://nova/v2.1?a=b'])(
    'takes no compute_endpoint_override: %s',
    (value) => {
      write('clouds.yaml', `${COMPLETE}    compute_endpoint_override: ${value}\n`);
      expect(mistakes()).toEqual([expect.stringMatching(/^OS_COMPUTE_ENDPOINT_OVERRIDE[^@]* must be a/)]);
    },
  );

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

  it.each(['!vault s3cret', '!vault |\n        s3cret'])('is not taken out of a tag: %j', (value) => {
    write('clouds.yaml', COMPLETE.replace('from clouds', value));
    expect(mistakes()).toEqual([
      expect.stringMatching(/clouds.yaml cannot be read: a tag .* stands there \(line \d+\)\.$/),
    ]);
  });

  it.each(['"null"', "'~'", '!!str null'])('is a text where quotes or a tag say so: %s', (value) => {
    write('clouds.yaml', COMPLETE.replace('from clouds', value));
    expect(read().credentials).toMatchObject({ password: /null|~/.exec(value)?.[0] });
  });

  it.each([
    ['"s3cret "', 'begins or ends with a blank, a line end or an invisible character, which is taken for a part of it'],
    [
      '|\n        s3cret',
      'begins or ends with a blank, a line end or an invisible character, which is taken for a part of it',
    ],
    ['"{{ vault_pw }}"', 'looks like a placeholder that nothing has filled in, and is taken as it is'],
  ])('is warned about where it looks odd: %j', (value, look) => {
    write('clouds.yaml', COMPLETE.replace('from clouds', value));
    expect(warnings()).toEqual([expect.stringMatching(new RegExp(`cloud prod\\.auth\\.password ${look}\\.$`))]);
  });
});
