import { judgeNames } from '../../src/config/env-names';

const judge = (names: string[], given: string[] = []) =>
  judgeNames(
    names.map((name, index) => ({ name, value: 's3cret', line: index + 1 })),
    (name) => given.includes(name),
  );
const NOTHING = { mistakes: [], warnings: [] };

describe('the names in .env', () => {
  it('may be those of settings, and those that the config speaks of elsewhere', () => {
    expect(
      judge(['PORT', 'OS_PASSWORD', 'NODE_TLS_REJECT_UNAUTHORIZED', 'OS_TENANT_NAME', 'OS_CERT', 'OS_REGION']),
    ).toEqual(NOTHING);
    expect(judge([])).toEqual(NOTHING);
  });

  it.each([
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['database_url', 'DATABASE_URL'],
    ['DATABASE-URL', 'DATABASE_URL'],
    ['database.url', 'DATABASE_URL'],
    ['Port', 'PORT'],
    ['ADMIN_ROLE', 'ADMIN_ROLES'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['OS_USERID', 'OS_USER_ID'],
    ['OS_PASSWD', 'OS_PASSWORD'],
  ])('must not be a slip: %s is no %s', (slip, setting) => {
    expect(judge(['PORT', slip], ['PORT'])).toEqual(
      slip === 'Port'
        ? {
            mistakes: [],
            warnings: ['.env has names that are no settings of this service: Port (line 2; PORT is one).'],
          }
        : { mistakes: [`${slip} in .env line 2 is no setting: did you mean ${setting}?`], warnings: [] },
    );
    expect(judge([slip]).mistakes).toEqual([`${slip} in .env line 1 is no setting: did you mean ${setting}?`]);
  });

  it('may be near to a setting that is given as well: the file may be shared with others', () => {
    expect(judge(['DATABASE_URI'], ['DATABASE_URL'])).toEqual({
      mistakes: [],
      warnings: ['.env has names that are no settings of this service: DATABASE_URI (line 1; DATABASE_URL is one).'],
    });
  });

  it('are warned about when they are those of others', () => {
    expect(judge(['POSTGRES_PASSWORD', 'DATABASE_USER', 'OS_CERT', 'OS_REGION', 'NOVA_TIMEOUT'], ['OS_CLOUD'])).toEqual(
      {
        mistakes: [],
        warnings: [
          '.env has names that are no settings of this service: POSTGRES_PASSWORD (line 1), ' +
            'DATABASE_USER (line 2; DATABASE_URL is one), ' +
            'OS_REGION (line 4; OS_REGION_NAME is one), NOVA_TIMEOUT (line 5; NOVA_TIMEOUT_MS is one).',
        ],
      },
    );
  });

  it('are not repeated when they may be a piece of a secret', () => {
    expect(judge(['c2VjcmV0', 'MFRGGZDF', 'my-secret', '__proto__']).warnings).toEqual([
      '.env has names that are no settings of this service: ' +
        'the one in line 1, the one in line 2, the one in line 3, the one in line 4.',
    ]);
  });

  it('are warned about when they have an effect elsewhere only', () => {
    const names = ['NODE_EXTRA_CA_CERTS', 'TZ', 'https_proxy', 'NO_PROXY', 'SSL_CERT_FILE', 'LC_ALL', 'HTTPS_PROXY'];
    expect(judge(names)).toEqual({
      mistakes: [],
      warnings: [
        '.env has names without an effect: NODE_EXTRA_CA_CERTS (line 1), TZ (line 2), https_proxy (line 3), ' +
          'NO_PROXY (line 4), SSL_CERT_FILE (line 5), LC_ALL (line 6), HTTPS_PROXY (line 7). ' +
          'They count in the environment only, and proxies not at all.',
      ],
    });
  });

  it('are ten at the most in a warning', () => {
    const [warning] = judge(Array.from({ length: 12 }, (_, index) => `THEIR_NAME_${index}`)).warnings;
    expect(warning).toMatch(/THEIR_NAME_9 \(line 10\), and 2 more\.$/);
    expect(warning).not.toContain('THEIR_NAME_10');
    expect(judge(Array.from({ length: 10 }, (_, index) => `THEIR_NAME_${index}`)).warnings[0]).toMatch(
      /\(line 10\)\.$/,
    );
  });
});
