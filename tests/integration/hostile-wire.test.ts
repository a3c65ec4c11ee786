import { contractBreaches } from '../support/contract-answers';
import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';
import { answersTo, refusalOf, request } from '../support/hostile/raw-http';

const READ = 'GET /RegisteredFlavors/redis';
const WRITE = 'POST /RegisteredFlavors/hostile/1';
const MALFORMED = { status: 400, code: 'registered-flavors.request.invalid', breaches: [] };
const INVALID_TOKEN = { status: 401, code: 'registered-flavors.token.invalid', breaches: [] };
const TOO_LARGE = { status: 431, code: 'registered-flavors.headers.too_large', breaches: [] };

describe('hostile HTTP', () => {
  let here: HostileWorld;
  let token: string;
  beforeAll(async () => {
    here = await startHostileWorld({ REQUEST_TIMEOUT_MS: '2000' });
    token = `X-Auth-Token: ${here.admin}`;
    await here.send('POST', '/RegisteredFlavors/redis/1');
  });
  afterEach(() => expect(here.service.health).toEqual(UNHARMED));
  afterAll(async () => expect(await here.close()).toBe(0));

  const send = async (bytes: string | Buffer) => {
    const answers = await answersTo(here.service.url, bytes);
    expect(answers).toHaveLength(1);
    return answers[0]!;
  };
  const numbered = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, i) => line(i));

  describe('that could be read in two ways', () => {
    const chunked = 'Transfer-Encoding: chunked';
    const end = '0\r\n\r\n';
    it.each([
      ['Content-Length and Transfer-Encoding', ['Content-Length: 5', chunked], end],
      ['Transfer-Encoding twice', [chunked, 'Transfer-Encoding: identity'], end],
      ['a strange Transfer-Encoding', ['Transfer-Encoding: xchunked'], end],
      ['Transfer-Encoding identity', ['Transfer-Encoding: identity'], ''],
      ['two equal lengths', ['Content-Length: 0', 'Content-Length: 0'], ''],
      ['two different lengths', ['Content-Length: 0', 'Content-Length: 5'], 'abcde'],
      ['a list of lengths', ['Content-Length: 0, 0'], ''],
      ['a negative length', ['Content-Length: -1'], ''],
      ['a length with a sign', ['Content-Length: +5'], 'abcde'],
      ['a length in hexadecimal', ['Content-Length: 0x5'], 'abcde'],
      ['an empty length', ['Content-Length: '], ''],
      ['a length beyond all numbers', ['Content-Length: 99999999999999999999999999'], ''],
      ['a folded header', ['X-A: a\r\n b'], ''],
      ['a bare line feed in a header', ['X-A: b\nX-Roles: admin'], ''],
      ['a bare carriage return in a header', ['X-A: b\rX-Roles: admin'], ''],
      ['a space before the colon', ['X-A : b'], ''],
      ['a header without a colon', ['XA'], ''],
      ['a NUL in a value', ['X-A: b\0c'], ''],
      ['a NUL in a name', ['X\0A: b'], ''],
      ['a chunk size that is no number', [chunked], 'zz\r\n{}\r\n0\r\n\r\n'],
      ['a second chunk size that is no number', [chunked], '2\r\n{}\r\nQQ\r\n\r\n'],
      ['a chunk size beyond all numbers', [chunked], 'fffffffffffffffff\r\n{}\r\n0\r\n\r\n'],
      ['a chunk longer than it says', [chunked], '2\r\n{}}\r\n0\r\n\r\n'],
    ])('refuses %s, and writes nothing', async (_what, headers, body) => {
      const answer = await send(request(WRITE, [token, ...headers], body));
      expect(refusalOf(answer)).toEqual(MALFORMED);
      expect(await here.registered('hostile')).toEqual([]);
    });
  });

  it.each([
    ['a NUL in the target', 'GET /RegisteredFlavors/a\0 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['raw UTF-8 in the target', 'GET /RegisteredFlavors/é HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a raw byte in the target', Buffer.from('GET /\xe9 HTTP/1.1\r\nHost: x\r\n\r\n', 'latin1')],
    ['a space in the target', 'GET /re dis HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['line feeds alone', 'GET / HTTP/1.1\nHost: x\n\n'],
    ['an authority as the target', 'GET evil.example:80 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an unknown method', 'BREW / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['HTTP/9.9', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a TLS greeting', Buffer.from('16030100a5010000a10303', 'hex')],
    ['noise', Buffer.from([0, 1, 2, 3, 255, 254])],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'],
    ['CONNECT', 'CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
  ])('refuses %s', async (_what, bytes) => {
    expect(refusalOf(await send(bytes))).toEqual(MALFORMED);
  });

  it.each([
    ['PROXY TCP4 192.0.2.1 192.0.2.2 40000 8788\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n', /send-proxy/],
    [Buffer.from('0d0a0d0a000d0a515549540a211100 0c'.replaceAll(' ', ''), 'hex'), /send-proxy/],
    [Buffer.from('16030100a5010000a10303', 'hex'), /http:/],
    ['BREW / HTTP/1.1\r\nHost: x\r\n\r\n', /request\.$/],
  ])('says what was sent by mistake where HTTP has to be: %j', async (bytes, hint) => {
    const { errors } = JSON.parse((await send(bytes)).body) as { errors: { detail: string }[] };
    expect(errors[0]?.detail).toMatch(hint);
  });

  it.each(['PURGE', 'M-SEARCH', 'TRACE', 'PATCH', 'PROPFIND', 'QUERY'])('does not know %s', async (method) => {
    const answer = await send(request(`${method} /RegisteredFlavors/redis`, [token]));
    expect(refusalOf(answer)).toEqual({ status: 405, code: 'registered-flavors.method.not_allowed', breaches: [] });
  });

  it.each([
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
    ['empty lines first', `${'\r\n'.repeat(1000)}${request('GET /')}`],
    ['an upgrade', request('GET /', ['Connection: Upgrade', 'Upgrade: websocket'])],
    ['an upgrade to HTTP/2', request('GET /', ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c'])],
    [
      'trailers',
      request('GET /', ['TE: trailers', 'Transfer-Encoding: chunked'], '2;a=b\r\n{}\r\n0\r\nX-T: 1\r\n\r\n'),
    ],
    ['bytes that are no ASCII', Buffer.from(request('GET /', ['X-A: \xff\xfe']), 'latin1')],
    ['an expectation that nobody knows', request('GET /', ['Expect: nonsense'])],
    ['a condition that any answer meets', request('GET /', ['If-None-Match: *'])],
    ['a range', request('GET /', ['Range: bytes=0-1'])],
    [
      '900 cookies',
      request(
        'GET /',
        numbered(900, (index) => `Cookie: a${index}=b`),
      ),
    ],
    [
      '5,000 small headers',
      request(
        'GET /',
        numbered(5000, () => 'a: b'),
      ),
    ],
  ])('answers as always to %s', async (_what, bytes) => {
    const answer = await send(bytes);
    expect([answer.status, contractBreaches('getVersions', answer)]).toEqual([200, []]);
  });

  describe('with too much of it', () => {
    it.each([
      [
        '5,000 long headers',
        request(
          READ,
          numbered(5000, (index) => `X-Header-${index}: value`),
        ),
      ],
      ['a token of 1 MB', request(READ, [`X-Auth-Token: ${'x'.repeat(1024 * 1024)}`])],
      ['a query of 100 kB', request(`${READ}?${'a'.repeat(100 * 1024)}`)],
      ['one header name of 100 kB', request(READ, [`${'x'.repeat(100 * 1024)}: y`])],
      [
        'trailers of 100 kB',
        request(WRITE, ['Transfer-Encoding: chunked'], `0\r\nX-T: ${'x'.repeat(100 * 1024)}\r\n\r\n`),
      ],
    ])('refuses %s', async (_what, bytes) => {
      expect(refusalOf(await send(bytes))).toEqual(TOO_LARGE);
    });

    it('loses no header that it takes: the token counts behind 3,000 others', async () => {
      const answer = await send(request(READ, [...numbered(3000, () => 'a: b'), token]));
      expect([answer.status, contractBreaches('getRegisteredFlavors', answer)]).toEqual([200, []]);
    });
  });

  describe('tokens', () => {
    it.each([
      ['of 60 kB', [`X-Auth-Token: ${'x'.repeat(60_000)}`]],
      ['in UTF-8', ['X-Auth-Token: tökén']],
      ['with a space', ['X-Auth-Token: a b']],
      ['with a comma', ['X-Auth-Token: a,b']],
    ])('%s are not valid', async (_what, headers) => {
      expect(refusalOf(await send(request(READ, headers)))).toEqual(INVALID_TOKEN);
    });

    it.each(['a\rb', 'a\nb', 'a\0b'])('with control characters are not even HTTP: %j', async (value) => {
      expect(refusalOf(await send(request(READ, [`X-Auth-Token: ${value}`])))).toEqual(MALFORMED);
    });

    it('sent twice are not valid, in no order and not even the same one', async () => {
      const member = `X-Auth-Token: ${here.member}`;
      for (const pair of [
        [token, member],
        [member, token],
        [token, token],
      ]) {
        expect(refusalOf(await send(request(WRITE, pair)))).toEqual(INVALID_TOKEN);
      }
    });

    it('that are empty are missing', async () => {
      const answer = await send(request(READ, ['X-Auth-Token:   ']));
      expect(refusalOf(answer)).toEqual({ status: 401, code: 'registered-flavors.token.missing', breaches: [] });
    });

    it('alone say who is asking: headers with an identity are nobody', async () => {
      const identity = ['X-Roles', 'X-Role', 'X-User-Id', 'X-User-Name', 'X-Project-Id', 'X-Service-Roles', 'X_ROLES']
        .map((name) => `${name}: admin`)
        .concat('X-Identity-Status: Confirmed', 'X-Is-Admin-Project: True', 'OpenStack-System-Scope: all');
      const withToken = await send(request(WRITE, [`X-Auth-Token: ${here.member}`, ...identity]));
      const withServiceToken = await send(
        request(WRITE, [
          `X-Auth-Token: ${here.member}`,
          `X-Service-Token: ${here.stub.keystone.tokenFor('flavorsvc')}`,
        ]),
      );
      const without = await send(request(WRITE, identity));
      const forbidden = { status: 403, code: 'registered-flavors.role.required', breaches: [] };
      expect([withToken, withServiceToken, without].map(refusalOf)).toEqual([
        forbidden,
        forbidden,
        { status: 401, code: 'registered-flavors.token.missing', breaches: [] },
      ]);
    });

    it('never get into the log or into an answer', () => {
      expect(here.service.output).not.toContain(here.admin);
      expect(here.service.output).not.toContain(here.member);
      expect(here.service.output).not.toMatch(/x{100}/);
    });
  });

  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])('is not led astray by %s', async (name) => {
    await send(request('POST /RegisteredFlavors/redis/1', [token, `${name}: DELETE`]));
    expect(await here.registered('redis')).toEqual(['1']);
  });

  it.each([
    'req-11111111-2222-3333-4444-555555555555x',
    'req-11111111-2222-3333-4444-555555555555, req-11111111-2222-3333-4444-555555555555',
    'x'.repeat(10_000),
    '"} {"level":"error',
  ])('takes no request id over like %.30s', async (id) => {
    const answer = await send(request('GET /', [`X-OpenStack-Request-Id: ${id}`]));
    expect(answer.headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/);
    expect(here.service.output).not.toContain(JSON.stringify(id).slice(1, -1));
  });

  it.each(['GET', 'DELETE'])('reads no body of %s', async (method) => {
    const path = method === 'GET' ? '/RegisteredFlavors/redis' : '/RegisteredFlavors/hostile/1';
    const body = '{"flavorIDs":["1"]}';
    const type = ['Content-Type: multipart/form-data; boundary=x', 'Content-Encoding: gzip'];
    const answer = await send(request(`${method} ${path}`, [token, ...type, `Content-Length: ${body.length}`], body));
    expect(answer.status).toBe(method === 'GET' ? 200 : 404);
  });

  it('logged a line of JSON for each of these, and no failure of its own', () => {
    const lines = here.service.output.trimEnd().split('\n');
    const levels = new Set(lines.map((line) => (JSON.parse(line) as { level: string }).level));
    expect([...levels]).toEqual(['info']);
  });
});
