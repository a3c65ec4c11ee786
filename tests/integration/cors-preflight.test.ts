import { readContract } from '../../src/http/contract';
import { startStubWorld, type StubWorld } from '../support/stub-world';
import { sendOnTheWire, type WireRequest } from '../support/wire';

const PORTAL = 'https://portal.example';
const READ = '/RegisteredFlavors/redis';

const ofCors = (headers: object) => Object.keys(headers).filter((name) => name.startsWith('access-control-'));
const preflightOf = (path: string, headers: Record<string, string> = {}): WireRequest => ({
  ...{ method: 'OPTIONS', path },
  headers: { Origin: PORTAL, 'Access-Control-Request-Method': 'GET', ...headers },
});

describe('a preflight of an origin that is allowed', () => {
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld({ CORS_ALLOWED_ORIGINS: PORTAL, METRICS_PORT: '0' });
  });
  afterAll(() => here.world.close());

  const send = (request: WireRequest) => sendOnTheWire(here.world.service.url, request);

  it('is answered by what stands in the contract, and by no more', async () => {
    const { status, headers, body } = await send(preflightOf(READ));
    const contract = readContract() as unknown as Record<string, unknown>;
    const lists = (name: string) => headers[name]?.toLowerCase().split(',').sort();
    expect([status, body, ofCors(headers).sort()]).toEqual([
      ...[204, ''],
      ['allow-headers', 'allow-methods', 'allow-origin', 'expose-headers', 'max-age'].map(
        (name) => `access-control-${name}`,
      ),
    ]);
    expect([headers['access-control-allow-origin'], headers['access-control-max-age']]).toEqual([PORTAL, '3600']);
    expect([headers['vary'], headers['content-length']]).toEqual(['Origin', undefined]); // RFC 9110, 8.6: none in a 204
    expect(lists('access-control-allow-methods')).toEqual([...methodsOf(contract), 'head'].sort());
    expect(lists('access-control-allow-headers')).toEqual(
      [
        ...[...requestHeadersOf(contract)].filter((name) => name !== 'x-service-token'),
        ...['content-type', 'cache-control', 'x-auth-token'], // of HTTP itself, and of the contract's security scheme
      ].sort(),
    );
    expect(lists('access-control-expose-headers')).toEqual(
      [...responseHeadersOf(contract)].filter((name) => !['cache-control', 'vary'].includes(name)).sort(),
    );
  });

  it('is asked of nobody else, and stands in the log and the metrics', async () => {
    const before = here.world.service.log.length;
    const preflight = preflightOf('/RegisteredFlavors/preflight/1', {
      'Access-Control-Request-Method': 'DELETE',
      'X-Auth-Token': 'made-up-for-a-preflight', // no browser sends one
    });
    await send(preflight);
    await send(preflightOf('/nothing')); // its page gets to read the 404
    const asked = here.stub.keystone.requests.map(({ headers }) => headers['x-subject-token']);
    expect(asked).not.toContain('made-up-for-a-preflight');
    const lines = here.world.service.log.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
    const requests = lines.filter(({ message }) => message === 'request');
    expect(requests.map((line) => [line['method'], line['url'], line['status']])).toEqual([
      ['OPTIONS', preflight.path, 204],
      ['OPTIONS', '/nothing', 204],
    ]);
    expect(await (await fetch(here.world.service.metricsUrl!)).text()).toMatch(
      /_count\{operation="none",status="204"\} [2-9]/,
    );
  });

  it('opens no way into a private network, and takes no cookie', async () => {
    const { headers } = await send(preflightOf(READ, { 'Access-Control-Request-Private-Network': 'true' }));
    expect(Object.keys(headers).filter((name) => /private|local|credentials/.test(name))).toEqual([]);
  });

  it('has one Host, and no body', async () => {
    const sent = [
      preflightOf(READ, { host: 'second.test' }),
      { ...preflightOf(READ, { 'Content-Length': '2' }), body: 'ab' },
    ];
    const [twoHosts, body] = await Promise.all(sent.map(send));
    expect([twoHosts!.status, body!.status, body!.headers['allow']]).toEqual([400, 405, 'GET, HEAD']);
  });

  it('is what a browser sends: any other OPTIONS is 405, and its page may read that', async () => {
    const plain = await send({ method: 'OPTIONS', path: READ });
    const ofPage = await send({ method: 'OPTIONS', path: READ, headers: { Origin: PORTAL } });
    const noOrigin = await send({ ...preflightOf(READ), headers: { 'Access-Control-Request-Method': 'GET' } });
    const answers = [plain, ofPage, noOrigin];
    expect(answers.map(({ status, headers }) => [status, headers['allow']])).toEqual(Array(3).fill([405, 'GET, HEAD']));
    expect(answers.map(({ headers }) => headers['access-control-allow-origin'])).toEqual([
      undefined,
      PORTAL,
      undefined,
    ]);
  });
});

function methodsOf(contract: Record<string, unknown>): string[] {
  const paths = contract['paths'] as Record<string, Record<string, { operationId?: string }>>;
  return [...new Set(Object.values(paths).flatMap((item) => Object.keys(item)))];
}

function requestHeadersOf(contract: Record<string, unknown>): Set<string> {
  const { parameters } = contract['components'] as { parameters: Record<string, { in: string; name: string }> };
  const inHeader = Object.values(parameters).filter((parameter) => parameter.in === 'header');
  return new Set(inHeader.map(({ name }) => name.toLowerCase()));
}

/** Of each answer, wherever the contract describes it. */
function responseHeadersOf(part: unknown): Set<string> {
  if (typeof part !== 'object' || part === null) return new Set();
  const own = 'description' in part && 'headers' in part ? Object.keys(part.headers as object) : [];
  return new Set([
    ...own.map((name) => name.toLowerCase()),
    ...Object.values(part).flatMap((each) => [...responseHeadersOf(each)]),
  ]);
}
