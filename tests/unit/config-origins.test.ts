import { mistakesWith, read } from './support/settings';

const originsOf = (CORS_ALLOWED_ORIGINS: string) => read({ CORS_ALLOWED_ORIGINS }).http.corsAllowedOrigins;
const FORM = 'CORS_ALLOWED_ORIGINS must be origins like https://portal.example, separated by commas.';

describe('CORS_ALLOWED_ORIGINS', () => {
  it.each([
    ['https://portal.example', ['https://portal.example']],
    [
      'https://a.example,http://b.example:8080 , https://c',
      ['https://a.example', 'http://b.example:8080', 'https://c'],
    ],
    ['https://portal.example,https://PORTAL.example', ['https://portal.example']],
    ['HTTPS://Portal.Example:8443', ['https://portal.example:8443']],
    ['http://localhost:3000,http://127.0.0.1:3000', ['http://localhost:3000', 'http://127.0.0.1:3000']],
    ['http://[::1]:3000', ['http://[::1]:3000']],
    ['https://xn--bcher-kva.example', ['https://xn--bcher-kva.example']],
    ['https://my_portal.example', ['https://my_portal.example']],
  ])('may be %s', (value, origins) => {
    expect(originsOf(value)).toEqual(origins);
  });

  it.each([undefined, ''])('allows none where it is %j', (value) => {
    expect(read({ CORS_ALLOWED_ORIGINS: value }).http.corsAllowedOrigins).toBeUndefined();
  });

  it.each([
    ['https://portal.example/', 'should be https://portal.example'],
    ['https://portal.example/dashboard?x=1#y', 'should be https://portal.example'],
    ['https://portal.example:443', 'should be https://portal.example'], // as the documentation of oslo.middleware has it
    ['http://portal.example:80', 'should be http://portal.example'],
    ['portal.example', 'should be https://portal.example'],
    ['portal.example:8443', 'should be https://portal.example:8443'],
    ['//portal.example', 'should be https://portal.example'],
    ['https:portal.example', 'should be https://portal.example'],
    ['https://bücher.example', 'should be https://xn--bcher-kva.example'],
    ['http://127.1:3000', 'should be http://127.0.0.1:3000'],
    ['http://[0:0::1]', 'should be http://[::1]'],
    ['https://user:secret@portal.example', 'should be https://portal.example'],
    ['user:secret@portal.example', 'should be https://portal.example'],
    ['*', 'has a wildcard: name each origin'],
    ['https://*.portal.example', 'has a wildcard: name each origin'],
    ['https://portal.example:*', 'has a wildcard: name each origin'],
    ['null', 'is "null", which any page can have for its origin'],
    ['NULL', 'is "null", which any page can have for its origin'],
    ...[
      ...['ftp://portal.example', 'file:///srv/portal', 'capacitor://localhost', 'https://', 'https://:443'],
      ...['https://a.example https://b.example', 'https://a.example;https://b.example'],
      ...['https://portal.example:99999', '/^https:/', 'https://secret@'],
    ].map((value): [string, string] => [
      value,
      'is none: it begins with http:// or https://, and a host and perhaps a port follow',
    ]),
  ])('may not be %s, and says what would be right', (value, mistake) => {
    expect(mistakesWith({ CORS_ALLOWED_ORIGINS: value })).toEqual([`${FORM} Entry 1 ${mistake}.`]);
  });

  it('names each entry that is wrong, and none that is right', () => {
    expect(mistakesWith({ CORS_ALLOWED_ORIGINS: 'https://a.example, https://b.example/,,*' })).toEqual([
      `${FORM} Entry 2 should be https://b.example.`,
      `${FORM} Entry 3 is empty.`,
      `${FORM} Entry 4 has a wildcard: name each origin.`,
    ]);
  });
});
