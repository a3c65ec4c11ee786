import fc from 'fast-check';
import type { Config } from '../../src/config/config';
import { ConfigError } from '../../src/config/config-error';
import { mistakesWith, read, type Settings } from './support/settings';

describe('a URL in the settings', () => {
  const places = [
    ['OS_AUTH_URL', 'OS_AUTH_URL (auth_url)', (config: Config) => config.openstack.authUrl.replace(/\/v3$/, '')],
    [
      'OS_COMPUTE_ENDPOINT_OVERRIDE',
      'OS_COMPUTE_ENDPOINT_OVERRIDE (compute_endpoint_override)',
      (config: Config) => config.openstack.endpoint.override,
    ],
    ['WWW_AUTHENTICATE_URI', 'WWW_AUTHENTICATE_URI', (config: Config) => config.openstack.wwwAuthenticateUri],
    ['ERROR_HELP_URL', 'ERROR_HELP_URL', (config: Config) => config.http.errorHelpUrl],
  ] as const;

  describe.each(places)('%s', (name, said, readUrlOf) => {
    it.each([
      ['https://k.example', 'https://k.example'],
      ['https://k.example/', 'https://k.example'],
      ['https://k.example:5000///', 'https://k.example:5000'],
      ['http://k.example/identity/', 'http://k.example/identity'],
      ['http://[::1]:5000/a/b', 'http://[::1]:5000/a/b'],
      ['HTTPS://K.Example:443/Identity', 'https://k.example/Identity'],
      ['https://k.example/a/../b', 'https://k.example/b'],
      ['https://k.example/…', 'https://k.example/%E2%80%A6'],
      ['https://k.example/a"b c', 'https://k.example/a%22b%20c'],
      ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ])('may be %s and is read as %s', (value, expected) => {
      expect(readUrlOf(read({ [name]: value }))).toBe(expected);
    });

    it.each([
      'k',
      'k.example:5000',
      '//k.example',
      '/v3',
      'ftp://k.example',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'https:k.example',
      'https:/k.example',
      'https:\\\\k.example',
      'https://',
      'https://k.example:99999',
      'https://k example',
      'not a URL", realm="x',
    ])('must be an http or https URL: %j', (value) => {
      expect(mistakesWith({ [name]: value })).toEqual([`${said} must be an http or https URL.`]);
    });

    it.each([
      'https://me@k.example',
      'https://me:a-secret@k.example',
      'https://:a-secret@k.example',
      'https://k.example/?a-secret=1',
      'https://k.example/#a-secret',
      'http://me:a-secret@k.example/identity?a#b',
    ])('must be nothing but a place, and is not repeated: %s', (value) => {
      expect(mistakesWith({ [name]: value })).toEqual([
        `${said} must be a URL without a user, a password, a query or a fragment.`,
      ]);
    });

    it('is refused, or ends up as something that can stand in a quoted string of a header', () => {
      const url = fc.string({ unit: 'binary' }).map((end) => `https://k.example/${end}`);
      fc.assert(
        fc.property(fc.oneof(url, fc.webUrl(), fc.string()), (value) => {
          let config: Config;
          try {
            config = read({ [name]: value === '' ? 'x' : value });
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
            return;
          }
          expect(readUrlOf(config)).toMatch(/^https?:\/\/[\x21\x23-\x5b\x5d-\x7e]+$/);
          expect(readUrlOf(config)).not.toMatch(/\/$/);
        }),
      );
    });
  });
});

describe('OS_AUTH_URL', () => {
  it.each([
    'https://keystone.example:5000',
    'https://keystone.example:5000/',
    'https://keystone.example:5000/v3',
    'https://keystone.example:5000/v3/',
    'https://keystone.example:5000/v3//',
  ])('may be written as %s', (url) => {
    expect(read({ OS_AUTH_URL: url }).openstack.authUrl).toBe('https://keystone.example:5000/v3');
  });

  it('keeps a path in front of the version', () => {
    expect(read({ OS_AUTH_URL: 'http://cloud.example/identity' }).openstack.authUrl).toBe(
      'http://cloud.example/identity/v3',
    );
  });

  it.each(['https://keystone.example/v2.0', 'https://keystone.example/v2.0/', 'https://keystone.example/v2'])(
    'must not name the v2 API: %s',
    (url) => {
      expect(mistakesWith({ OS_AUTH_URL: url })).toEqual([
        'OS_AUTH_URL (auth_url) names the v2 API; this service needs v3.',
      ]);
    },
  );

  it.each(['keystone.example:5000', 'ftp://keystone.example', 'https://', '/v3', 'keystone', 'keystone/v2.0'])(
    'must be a URL: %s',
    (url) => {
      expect(mistakesWith({ OS_AUTH_URL: url })).toEqual(['OS_AUTH_URL (auth_url) must be an http or https URL.']);
    },
  );

  it('is where a 401 sends callers, unless WWW_AUTHENTICATE_URI says otherwise', () => {
    const uri = (settings: Settings) => read(settings).openstack.wwwAuthenticateUri;
    expect([uri({ OS_AUTH_URL: 'http://inside/' }), uri({ WWW_AUTHENTICATE_URI: 'https://outside/v3' })]).toEqual([
      'http://inside/v3',
      'https://outside/v3',
    ]);
  });

  it('does not quote a URL: there may be a password in it', () => {
    const said = mistakesWith({ OS_AUTH_URL: 'ftp://me:a-secret@keystone/v2.0' }).join('\n');
    expect(said).not.toContain('a-secret');
  });
});
