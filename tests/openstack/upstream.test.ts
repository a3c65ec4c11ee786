import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { AnswerBudget } from '../../src/openstack/answer-budget';
import type { Upstream } from '../../src/openstack/upstream';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { timed } from '../support/own-time';
import { aCall, createUpstream } from './support/clients';
import { failureOf, outcomeOf } from './support/expectations';
import { startPlainServer } from './support/plain-server';
import { until } from '../support/until';

const MiB = 1024 * 1024;

let cloud: StubCloud;
let upstream: Upstream;
let token: string;

beforeEach(async () => {
  cloud = await startStubCloud();
  upstream = createUpstream();
  token = cloud.keystone.tokenFor('flavorsvc');
});

afterEach(async () => {
  await cloud.close();
});

function ask(options: { path?: string; signal?: AbortSignal } = {}) {
  const { path = '/flavors/1', signal } = options;
  const url = `${cloud.novaUrl}${path}`;
  return upstream.request({ method: 'GET', url, headers: { 'X-Auth-Token': token }, ...aCall(signal) });
}

const tries = () => cloud.nova.requests.length;

const unavailable = (detail: string) => ({
  kind: 'unavailable',
  code: 'registered-flavors.nova.unavailable',
  detail: expect.stringContaining(detail),
});
const badAnswer = (detail: string) => ({
  kind: 'upstream answered badly',
  code: 'registered-flavors.nova.bad_answer',
  detail: expect.stringContaining(detail),
});
const timedOut = (detail: string) => ({
  kind: 'upstream timed out',
  code: 'registered-flavors.nova.timeout',
  detail: expect.stringContaining(detail),
});

describe('an answer', () => {
  it('comes with its status, its headers and its JSON', async () => {
    const answer = await ask();

    expect([answer.status, answer.header('vary')?.length, answer.header('x-nothing')]).toEqual([
      200,
      expect.any(Number),
      undefined,
    ]);
    expect(answer.json).toMatchObject({ flavor: { id: '1' } });
  });

  it('that is a refusal is an answer, with JSON or without', async () => {
    const refused = await ask({ path: '/flavors/no' });
    cloud.nova.fails(404, { body: '<html>' });
    const html = await ask();

    expect([refused.status, refused.json]).toEqual([404, { itemNotFound: expect.anything() }]);
    expect([html.status, html.json, tries()]).toEqual([404, undefined, 2]);
  });
});

describe('a connection', () => {
  it('that is refused is tried again twice, then told with its code', async () => {
    await cloud.nova.stops();

    expect(await outcomeOf(ask())).toEqual(unavailable('Nova cannot be reached (ECONNREFUSED).'));
  });

  it('that is dropped once is tried again', async () => {
    cloud.nova.dropsConnections({ times: 1 });

    expect([(await ask()).status, tries()]).toEqual([200, 2]);
  });

  it('that is always dropped is given up after three tries', async () => {
    cloud.nova.dropsConnections();

    expect(await outcomeOf(ask())).toEqual(unavailable('Nova cannot be reached (ECONNRESET).'));
    expect(tries()).toBe(3);
  });

  it('is used again where the server lets it', async () => {
    const ports = new Set<number | undefined>();
    const friendly = await startPlainServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.setHeader('Content-Type', 'application/json').end('{}');
    });
    const url = `${friendly.url}/`;
    for (let turn = 0; turn < 3; turn += 1) await upstream.request({ method: 'GET', url, headers: {}, ...aCall() });
    await friendly.close();

    expect(ports.size).toBe(1);
  });
});

describe('a service that says "not now"', () => {
  it('twice is asked a third time', async () => {
    cloud.nova.fails(503, { times: 2 });

    expect([(await ask()).status, tries()]).toEqual([200, 3]);
  });

  it.each([429, 502, 503, 504])('always, with %d, makes us unavailable', async (status) => {
    cloud.nova.fails(status);

    expect(await outcomeOf(ask())).toEqual(unavailable(`Nova answered ${status}.`));
    expect(tries()).toBe(3);
  });

  it.each([503, 429])('for a minute, with %d, is left alone, and our caller told', async (status) => {
    cloud.nova.fails(status, { retryAfter: 60 });

    expect((await failureOf(ask())).retryAfterSeconds).toBe(60);
    expect(tries()).toBe(1);
  });

  it('until a date is understood', async () => {
    const busy = await startPlainServer((_, response) => {
      response.writeHead(503, { 'Retry-After': new Date(Date.now() + 90_000).toUTCString() }).end();
    });
    const error = await failureOf(upstream.request({ method: 'GET', url: `${busy.url}/`, headers: {}, ...aCall() }));
    await busy.close();

    expect(error.retryAfterSeconds).toBeGreaterThan(85);
    expect(error.retryAfterSeconds).toBeLessThanOrEqual(91);
  });

  it('for a second is not asked again before it is over', async () => {
    cloud.nova.fails(503, { retryAfter: 1, times: 1 });
    await ask().catch(() => undefined);
    const [first, second] = cloud.nova.requests.map(({ at }) => at);

    expect((second ?? Infinity) - first!).toBeGreaterThanOrEqual(950);
  });
});

describe('a service that answers badly', () => {
  it.each([
    ['500', () => cloud.nova.fails(500), 'Nova answered 500.'],
    ['half of it', () => cloud.nova.truncates(), 'Nova answered 200 with something other than JSON.'],
    ['garbage', () => cloud.nova.answersGarbage(), 'Nova answered 200 with something other than JSON.'],
    [
      'HTML',
      () => cloud.nova.answersGarbage({ contentType: 'text/html' }),
      'Nova answered 200 with something other than JSON.',
    ],
    ['nothing', () => cloud.nova.fails(200, { body: '' }), 'Nova answered 200 with something other than JSON.'],
  ])('is asked three times, then told: %s', async (_, goWrong, detail) => {
    goWrong();

    expect(await outcomeOf(ask())).toEqual(badAnswer(detail));
    expect(tries()).toBe(3);
  });

  it.each([
    ['500', () => cloud.nova.fails(500, { times: 1 })],
    ['half of it', () => cloud.nova.truncates({ times: 1 })],
    ['garbage', () => cloud.nova.answersGarbage({ times: 1 })],
  ])('once is asked again: %s', async (_, goWrong) => {
    goWrong();

    expect([(await ask()).json, tries()]).toEqual([{ flavor: expect.objectContaining({ id: '1' }) }, 2]);
  });

  it('in a compression that is broken answered badly, it was reached', async () => {
    const broken = await startPlainServer((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('this is not gzip at all');
    });
    const outcome = await outcomeOf(
      upstream.request({ method: 'GET', url: `${broken.url}/`, headers: {}, ...aCall() }),
    );
    await broken.close();

    expect(outcome.kind).toBe('upstream answered badly');
  });

  it('with a redirect is not followed: the other host never sees a request', async () => {
    const seen: unknown[] = [];
    const stranger = await startPlainServer((request, response) => {
      seen.push(request.headers);
      response.end('{}');
    });
    cloud.nova.redirectsTo(`${stranger.url}/steal`);
    const { status } = await ask();
    await stranger.close();

    expect([status, seen, tries()]).toEqual([302, [], 1]);
  });
});

describe('a service that takes its time', () => {
  const inTime = (attemptTimeoutMs: number) => (upstream = createUpstream({ attemptTimeoutMs }));

  it.each([
    ['hangs', () => cloud.nova.hangs()],
    ['drips', () => cloud.nova.drips({ bytesPerSecond: 20 })],
    ['answers late', () => cloud.nova.isSlow(3_000)],
  ])('is waited for as long as one try may take, and not asked again: %s', async (_, goWrong) => {
    inTime(200);
    goWrong();

    const { ms, elapsedMs, result } = await timed(() => outcomeOf(ask()));

    expect(result).toEqual(timedOut('Nova did not answer within 200 ms.'));
    expect([elapsedMs > 190, ms < 1_500, tries()]).toEqual([true, true, 1]);
  });

  it('is waited for no longer than the whole call', async () => {
    cloud.nova.hangs();

    const { ms, result } = await timed(() => outcomeOf(ask({ signal: AbortSignal.timeout(150) })));

    expect(result).toEqual(timedOut('Nova did not give all that was asked before the deadline.'));
    expect(ms).toBeLessThan(1_500);
  });

  it('and fails is not asked again after the deadline', async () => {
    cloud.nova.isSlow(120);
    cloud.nova.fails(503);

    await outcomeOf(ask({ signal: AbortSignal.timeout(60) }));
    await new Promise((resolve) => setTimeout(resolve, 150));

    expect(tries()).toBe(1);
  });

  it.each([
    ['when we stop waiting', { attemptTimeoutMs: 100 }, '{"begun":', {}],
    ['when it says too much', { maxAnswerBytes: 10 }, 'x'.repeat(100_000), {}],
    [
      'when it says too much, compressed',
      { maxAnswerBytes: 10 },
      gzipSync(randomBytes(100_000)),
      { 'Content-Encoding': 'gzip' },
    ],
  ])('loses its connection %s', async (_, limits, body, headers) => {
    upstream = createUpstream(limits);
    let isClosed = false;
    const endless = await startPlainServer((_request, response) => {
      response.on('close', () => (isClosed = true));
      response.writeHead(200, headers).write(body);
    });
    await outcomeOf(upstream.request({ method: 'GET', url: `${endless.url}/`, headers: {}, ...aCall() }));

    await until(() => isClosed);
    await endless.close();
  });
});

describe('a service that says too much', () => {
  it.each([
    ['a huge answer', () => cloud.nova.answersHuge(50 * MiB)],
    ['a gzip bomb', () => cloud.nova.answersGzipBomb(50 * MiB)],
    ['a huge refusal', () => cloud.nova.fails(503, { body: 'x'.repeat(2 * MiB) })],
  ])('is cut short and not asked again: %s', async (_, goWrong) => {
    upstream = createUpstream({ maxAnswerBytes: MiB });
    goWrong();

    const { ms, result } = await timed(() => outcomeOf(ask()));

    expect(result).toEqual(badAnswer('Nova sent more than 1048576 bytes in one answer.'));
    expect([ms < 3_000, tries()]).toEqual([true, 1]);
  });

  it('to all of us together is read one after the other, or not now', async () => {
    const budget = new AnswerBudget(MiB);
    upstream = createUpstream({ budget });
    cloud.nova.answersHuge(2 * MiB);

    expect(await outcomeOf(ask())).toEqual(unavailable('Too many answers of Nova are being read at this moment.'));
    expect([tries(), budget.take(MiB)]).toEqual([3, true]);
  });

  it.each([
    ['is cut short', () => cloud.nova.answersHuge(3 * MiB)],
    ['breaks off', () => cloud.nova.truncates()],
    ['drips on', () => cloud.nova.drips({ bytesPerSecond: 100 })],
    ['is whole', () => undefined],
  ])('gives its bytes back when the answer %s', async (_, goWrong) => {
    const budget = new AnswerBudget(8 * MiB);
    upstream = createUpstream({ budget, maxAnswerBytes: MiB, attemptTimeoutMs: 1_000 });
    goWrong();
    await ask().catch(() => undefined);

    expect([budget.take(8 * MiB), budget.take(1)]).toEqual([true, false]);
  });
});
