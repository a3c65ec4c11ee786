import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';
import { answersTo, RawConnection, refusalOf, request } from '../support/hostile/raw-http';

const REQUEST_TIMEOUT_MS = 300;
const MIB = 1024 * 1024;
const TIMED_OUT = { status: 408, code: 'registered-flavors.request.timeout', breaches: [] };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('hostile timing', () => {
  let here: HostileWorld;
  let head: (line: string, ...headers: string[]) => string;
  let types = 0;
  const newType = () => `timing-${(types += 1)}`;
  beforeAll(async () => {
    here = await startHostileWorld({ REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS) });
    head = (line, ...headers) =>
      [`${line} HTTP/1.1`, 'Host: x', `X-Auth-Token: ${here.admin}`, ...headers, '', ''].join('\r\n');
    await here.send('POST', '/RegisteredFlavors/redis/1');
  });
  afterEach(() => expect(here.service.health).toEqual(UNHARMED));
  afterAll(async () => expect(await here.close()).toBe(0));

  const connect = () => new RawConnection(here.service.url);

  describe('slow requests', () => {
    it.each([
      ['nothing at all', ''],
      ['half a request line', 'GET /Regis'],
      ['half its headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n'],
      ['HTTP/0.9', 'GET /\r\n'],
    ])('time out when %s comes', async (_what, bytes) => {
      expect((await answersTo(here.service.url, bytes)).map(refusalOf)).toEqual([TIMED_OUT]);
    });

    it.each([
      ['headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ', 'a'],
      [
        'a chunked body',
        'POST /RegisteredFlavors/dripped/1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
        '1\r\na\r\n',
      ],
    ])('time out when %s drip in', async (_what, start, drop) => {
      const connection = connect().send(start);
      const dripping = setInterval(() => connection.send(drop), 50);
      try {
        expect((await connection.answers()).map(refusalOf)).toEqual([TIMED_OUT]);
      } finally {
        clearInterval(dripping);
      }
    });

    it('write nothing when a chunked body never ends', async () => {
      const type = newType();
      const unfinished = head(`POST /RegisteredFlavors/${type}/1`, 'Transfer-Encoding: chunked') + '5\r\nab';
      expect((await answersTo(here.service.url, unfinished)).map(refusalOf)).toEqual([TIMED_OUT]);
      expect(await here.registered(type)).toEqual([]);
    });

    it('get one answer, and a true one, when a body is announced and never comes', async () => {
      const type = newType();
      const answers = await answersTo(
        here.service.url,
        head(`POST /RegisteredFlavors/${type}/1`, 'Content-Length: 50'),
      );
      expect(answers).toHaveLength(1);
      expect(await here.registered(type)).toEqual(answers[0]!.status === 201 ? ['1'] : []);
    });

    it('get one answer when a body that is too large is announced and never comes', async () => {
      const answers = await answersTo(
        here.service.url,
        head('DELETE /RegisteredFlavors/redis/1', 'Content-Length: 999999999'),
      );
      expect(answers.map(refusalOf)).toEqual([
        { status: 413, code: 'registered-flavors.body.too_large', breaches: [] },
      ]);
      expect(await here.registered('redis')).toEqual(['1']);
    });

    it('do nothing when the rest comes behind the refusal', async () => {
      const type = newType();
      const late = new RawConnection(here.service.url, { allowHalfOpen: true });
      late.send(head(`POST /RegisteredFlavors/${type}/1`).slice(0, -2));
      await new Promise((resolve) => late.socket.once('data', resolve));
      late.send('\r\n').socket.end();
      expect((await late.answers()).map(refusalOf)).toEqual([TIMED_OUT]);
      expect(await here.registered(type)).toEqual([]);
    });

    it('hold nobody else up: 500 of them at once', async () => {
      const slow = Array.from({ length: 500 }, () => connect().send('GET / HTTP/1.1\r\nHost: x\r\n'));
      const [answer] = await answersTo(here.service.url, request('GET /healthcheck'));
      expect(answer?.status).toBe(200);
      const answers = (await Promise.all(slow.map((each) => each.answers()))).flat();
      expect(answers.map(({ status }) => status)).toEqual(Array(500).fill(408));
    });
  });

  describe('pipelining', () => {
    it('answers 1,000 requests on one connection, each of them', async () => {
      const last = request('GET /healthcheck');
      const answers = await answersTo(here.service.url, head('GET /RegisteredFlavors/redis').repeat(999) + last);
      expect(answers.map(({ status }) => status)).toEqual(Array(1000).fill(200));
      expect(answers.at(-1)?.body).toBe('OK');
    });

    it('answers 20,000 requests that wait behind a slow one, each of them', async () => {
      here.stub.nova.isSlow(500, { path: /flavors/, times: 1 });
      const wait = head(`POST /RegisteredFlavors/${newType()}/1`);
      const answers = await answersTo(here.service.url, wait + head('GET /').repeat(20_000) + request('GET /'));
      expect(answers.map(({ status }) => status)).toEqual([201, ...Array<number>(20_001).fill(200)]);
    });

    it('forgets those who waited when their client leaves, and does nothing for them', async () => {
      const type = newType();
      here.stub.nova.isSlow(300, { path: /flavors/, times: 1 });
      const gone = connect().send(
        head(`POST /RegisteredFlavors/${type}-a/1`) + head(`POST /RegisteredFlavors/${type}-b/1`),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      gone.socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await here.registered(`${type}-b`)).toEqual([]);
    });

    it('answers CONNECT when its turn comes', async () => {
      const answers = await answersTo(
        here.service.url,
        `${head('GET /RegisteredFlavors/redis')}CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n`,
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    });

    it('does one after the other: what is registered first and deregistered next is gone', async () => {
      const pair = `/RegisteredFlavors/${newType()}/1`;
      const bytes = head(`POST ${pair}`) + head(`DELETE ${pair}`) + request('GET /');
      expect((await answersTo(here.service.url, bytes)).map(({ status }) => status)).toEqual([201, 200, 200]);
    });

    it('answers what came before noise, and only then the noise', async () => {
      const type = newType();
      const answers = await answersTo(here.service.url, `${head(`POST /RegisteredFlavors/${type}/1`)}NOISE\r\n\r\n`);
      expect([answers.map(({ status }) => status), await here.registered(type)]).toEqual([[201, 400], ['1']]);
    });

    it('answers noise once, however much of it comes while a request is being served', async () => {
      here.stub.nova.isSlow(500, { path: /flavors/, times: 1 });
      const noisy = connect().send(head(`POST /RegisteredFlavors/${newType()}/1`));
      for (let piece = 0; piece < 20; piece += 1) {
        noisy.send('NOISE\r\n\r\n');
        await pause(10);
      }
      expect((await noisy.answers()).map(({ status }) => status)).toEqual([201, 400]);
    });

    it('keeps no answers for those who never read: 4 connections with 1,500 requests cost less than 64 MiB', async () => {
      const before = await here.service.memoryBytes();
      const greedy = Array.from({ length: 4 }, () => connect());
      for (const { socket } of greedy) {
        socket.pause();
        socket.write('GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1500));
      }
      await answersTo(here.service.url, request('GET /')); // its turn comes when theirs have been served
      await pause(300);
      const grown = (await here.service.memoryBytes()) - before;
      for (const { socket } of greedy) socket.destroy();
      expect(grown / MIB).toBeLessThan(64);
    });
  });

  describe('clients that go away', () => {
    it('write nothing when they go while Nova is being asked', async () => {
      const type = newType();
      const undo = here.stub.nova.isSlow(300);
      here.stub.nova.resetRequests();
      const connection = connect().send(head(`POST /RegisteredFlavors/${type}/1`));
      while (here.stub.nova.requests.length === 0) await pause(10);
      connection.socket.destroy();
      await here.service.prints(new RegExp(`"client_gone":true.*${type}|${type}.*"client_gone":true`));
      await pause(300); // Nova's answer is there by now
      undo();
      expect(await here.registered(type)).toEqual([]);
    });

    it.each([
      ['in a chunked body', ['Transfer-Encoding: chunked'], '5\r\nab'],
      ['in the headers', [], ''],
    ])('write nothing when they go %s', async (_where, headers, body) => {
      const type = newType();
      const whole = head(`POST /RegisteredFlavors/${type}/1`, ...headers);
      const connection = connect().send(body === '' ? whole.slice(0, -2) : whole + body);
      await pause(50);
      connection.socket.destroy();
      await pause(50);
      expect(await here.registered(type)).toEqual([]);
    });

    it('leave nothing behind: 1,000 of them, cut off anywhere', async () => {
      const bytes = head('GET /RegisteredFlavors/redis', 'Transfer-Encoding: chunked') + '2\r\n{}\r\n0\r\n\r\n';
      const leave = async (index: number) => {
        const { socket } = connect().send(bytes.slice(0, index % (bytes.length + 1)));
        await new Promise((resolve) => socket.once('ready', resolve));
        await new Promise((resolve) => socket.once('close', resolve).resetAndDestroy());
      };
      const some = (from: number) => Promise.all(Array.from({ length: 50 }, (_, index) => leave(from + index)));
      for (let from = 0; from < 200; from += 50) await some(from);
      const before = await here.service.memoryBytes();
      for (let from = 0; from < 1000; from += 50) await some(from);
      // A connection that stays costs more than 10 KiB.
      const most = 6 * MIB;
      expect((await here.service.memoryBytesAfter(before + most)) - before).toBeLessThan(most);
    });
  });
});
