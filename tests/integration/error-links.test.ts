import type { WireAnswer } from '../support/contract-answers';
import { answersTo, request } from '../support/hostile/raw-http';
import { type PrefixProxy, startPrefixProxy } from '../support/prefix-proxy';
import { startStubWorld, type StubWorld } from '../support/stub-world';
import { sendOnTheWire, type WireRequest } from '../support/wire';

const PREFIX = '/cloud/flavors';
const DEEP = '/a'.repeat(9);
const NOWHERE = '/a'.repeat(10);

type Who = 'admin' | 'member';
type Asked = WireRequest & { readonly as?: Who };

/** One request for each way in which an error comes to be, with the code that it gets. */
const ERRORS: readonly [string, Asked][] = [
  ['path.not_found', { path: '/nothing' }],
  ['path.not_found', { path: DEEP }],
  ['path.not_found', { path: '/RegisteredFlavors/redis/' }],
  ['path.not_found', { path: '/RegisteredFlavors/redis/1//' }],
  ['path.not_found', { path: '//ServiceTypes' }],
  ['path.not_found', { path: '/RegisteredFlavors//redis//1' }],
  ['path.not_found', { path: '/RegisteredFlavors%2Fredis' }],
  ['path.not_found', { path: '/RegisteredFlavors/a/../redis' }],
  ['path.not_found', { path: '/./a/b/.' }],
  ['path.not_found', { path: '/a/b/%2e%2E' }],
  ['token.missing', { path: '/RegisteredFlavors/redis/..' }],
  ['path.not_found', { path: '/errors/no/code' }],
  ['path.not_found', { path: '/errors/no-code' }],
  ['method.not_allowed', { method: 'PATCH', path: '/RegisteredFlavors/redis/1' }],
  ['method.not_allowed', { method: 'OPTIONS', path: '/' }],
  ['method.not_allowed', { path: '/healthcheck', method: 'POST', headers: { 'Content-Length': '0' } }],
  ['request.invalid', { path: '/RegisteredFlavors/%zz' }],
  ['request.invalid', { path: '/RegisteredFlavors/redis?min_ram=/../x', as: 'admin' }],
  ['service_type.invalid', { path: '/RegisteredFlavors/Redis/1', as: 'admin' }],
  ['query.unknown', { path: '/?a=b/c/d' }],
  ['query.unknown', { path: '/errors?a=/' }],
  ['body.invalid', { method: 'POST', path: '/RegisteredFlavors', body: '{', as: 'admin' }],
  [
    'version.not_acceptable',
    { path: '/ServiceTypes', headers: { 'OpenStack-API-Version': 'registered-flavors 9.9' }, as: 'admin' },
  ],
  ['token.missing', { path: '/RegisteredFlavors/redis/1' }],
  ['token.invalid', { path: '/RegisteredFlavors/redis', headers: { 'X-Auth-Token': 'made-up' } }],
  ['role.required', { method: 'DELETE', path: '/RegisteredFlavors/redis/1', as: 'member' }],
  ['flavor.not_found', { method: 'POST', path: '/RegisteredFlavors/redis/no-such', as: 'admin' }],
  ['registration.not_found', { method: 'DELETE', path: '/RegisteredFlavors/redis/no-such', as: 'admin' }],
  ['precondition.required', { method: 'PUT', path: '/Registrations', body: '{"registrations":{}}', as: 'admin' }],
  ['body.too_large', { path: '/RegisteredFlavors/redis/1', headers: { 'Content-Length': '200000' } }],
  ['uri.too_long', { path: `/RegisteredFlavors/redis/${'x'.repeat(50_000)}` }],
  ['request.timeout', { path: '/RegisteredFlavors/redis/1', headers: { 'Content-Length': '5' }, body: 'abc' }],
  ['headers.too_large', { path: '/ServiceTypes', headers: { 'X-Filler': 'x'.repeat(70_000) } }],
  ['service.disabled', { path: '/readiness' }],
];

describe('the help link of an error', () => {
  let here: StubWorld;
  let proxy: PrefixProxy;
  beforeAll(async () => {
    here = await startStubWorld({ REQUEST_TIMEOUT_MS: '500', HEALTHCHECK_DISABLE_BY_FILE_PATH: __filename });
    proxy = await startPrefixProxy(here.world.service.url, PREFIX);
  });
  afterEach(() => here.stub.nova.heals());
  afterAll(async () => {
    await proxy.close();
    await here.world.close();
  });

  const service = () => here.world.service.url;
  const tokenOf = (who: Who | undefined) => (who === undefined ? {} : { 'X-Auth-Token': here.world.tokens[who] });

  async function ask(base: string, { as, ...asked }: Asked): Promise<WireAnswer> {
    const json = { 'Content-Type': 'application/json', 'Content-Length': String(asked.body?.length ?? 0) };
    const headers = { ...(asked.body && json), ...(as && tokenOf(as)), ...asked.headers };
    const { origin, pathname } = new URL(base);
    return sendOnTheWire(origin, { ...asked, path: pathname.replace(/\/$/, '') + asked.path, headers });
  }

  function linksIn({ body }: WireAnswer): [code: string, href: string][] {
    const { errors } = JSON.parse(body) as { errors: { code: string; links: { rel: string; href: string }[] }[] };
    return errors.map(({ code, links }) => [code, links.find(({ rel }) => rel === 'help')?.href ?? '']);
  }

  /** Follows a link as a browser does. */
  async function follow(href: string, asked: string): Promise<[number, string]> {
    const page = await fetch(new URL(href, asked));
    const text = await page.text();
    return [page.status, text.split('\n')[1]?.split(':')[0] ?? ''];
  }

  describe.each([
    ['at the root', () => service()],
    ['behind a proxy that takes a prefix away', () => proxy.url],
  ])('%s', (_where, base) => {
    it.each(ERRORS.map(([code, asked]) => ({ code, asked, path: asked.path.slice(0, 50) })))(
      'leads to its page: $code of $asked.method $path',
      async ({ code, asked }) => {
        const links = linksIn(await ask(base(), asked));
        expect(new Set(links.map(([each]) => each))).toEqual(new Set([`registered-flavors.${code}`]));
        for (const [each, href] of links) expect(await follow(href, base() + asked.path)).toEqual([200, each]);
      },
    );

    it('leads to its page when Nova answers badly', async () => {
      here.stub.nova.answersGarbage();
      const asked: Asked = { method: 'POST', path: '/RegisteredFlavors/redis/1', as: 'admin' };
      const [[code, href] = ['', '']] = linksIn(await ask(base(), asked));
      expect(code).toBe('registered-flavors.nova.bad_answer');
      expect(await follow(href, base() + asked.path)).toEqual([200, code]);
    });
  });

  it.each([
    ['an absolute target', request('GET http://elsewhere/a/b/c'), '/a/b/c', '../../errors/'],
    ['an upgrade', request('GET /a/b', ['Connection: Upgrade', 'Upgrade: websocket']), '/a/b', '../errors/'],
    [
      'half of a body',
      request('POST /RegisteredFlavors/a/b', ['Content-Length: 5']),
      '/RegisteredFlavors/a/b',
      '../../errors/',
    ],
    [
      'a chunk that is none',
      request('POST /RegisteredFlavors/a/b', ['Transfer-Encoding: chunked'], 'zz\r\n'),
      '/RegisteredFlavors/a/b',
      '../../errors/',
    ],
    ['an asterisk', request('OPTIONS *'), '/', 'errors/'],
    ['CONNECT', 'CONNECT elsewhere:80 HTTP/1.1\r\nHost: elsewhere\r\n\r\n', '/', 'errors/'],
    ['no HTTP', 'NOISE\r\n\r\n', '/', 'errors/'],
    ['noise behind a request', 'GET /a/b HTTP/1.1\r\nHost: x\r\n\r\nNOISE\r\n\r\n', '/', 'errors/'],
    ['headers that never end', 'GET /a/b HTTP/1.1\r\nHost: x\r\n', '/', 'errors/'],
  ])('leads to its page from where it was, or from the endpoint: %s', async (_what, bytes, asked, begin) => {
    const answer = (await answersTo(service(), bytes)).at(-1)!;
    const [[code, href] = ['', '']] = linksIn(answer);
    expect(href).toBe(begin + code);
    expect(await follow(href, service() + asked)).toEqual([200, code]);
  });

  it.each([
    ['too many steps', NOWHERE],
    ['20,000 slashes', '/'.repeat(20_000)],
    ['20,000 steps', '/..a'.repeat(10_000)],
  ])('does not grow with the path: %s', async (_what, path) => {
    const [[code, href] = ['', '']] = linksIn(await ask(service(), { path }));
    expect(href).toBe('/errors/registered-flavors.path.not_found');
    expect(await follow(href, service() + path)).toEqual([200, code]);
  });

  it('leads to where the operator has published docs/errors.md, whatever was asked', async () => {
    const there = await startStubWorld({ ERROR_HELP_URL: 'https://docs.example/errors' });
    try {
      const { url } = there.world.service;
      const asked = [await ask(url, { path: '/a/b' }), (await answersTo(url, 'NOISE\r\n\r\n'))[0]!];
      expect(asked.flatMap(linksIn).map(([, href]) => href)).toEqual([
        'https://docs.example/errors#registered-flavorspathnot_found',
        'https://docs.example/errors#registered-flavorsrequestinvalid',
      ]);
    } finally {
      await there.world.close();
    }
  });
});
