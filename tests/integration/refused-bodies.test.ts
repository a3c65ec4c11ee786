import http from 'node:http';
import { flood } from '../support/hostile/http-flood';
import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';
import { RawConnection } from '../support/hostile/raw-http';

const MIB = 1024 * 1024;
const TRIES = 6;
const REQUEST_TIMEOUT_MS = 2_000;

describe('a refusal while the body is still being sent', () => {
  let here: HostileWorld;
  beforeAll(async () => {
    here = await startHostileWorld({ REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS) });
    await here.send('POST', '/RegisteredFlavors/redis/1');
  });
  afterEach(() => expect(here.service.health).toEqual(UNHARMED));
  afterAll(async () => expect(await here.close()).toBe(0));

  const body = Buffer.alloc(8 * MIB, 'x');
  const json = { 'Content-Type': 'application/json' };
  /** With Node's own client, on a connection that ends with the answer; until that is closed. */
  const send = (method: string, path: string, headers: http.OutgoingHttpHeaders) =>
    new Promise<number | string>((resolve) => {
      let became: number | string = 'no answer';
      const request = http.request(here.service.url + path, { method, headers, agent: false }, (answer) => {
        answer.resume().on('end', () => (became = answer.statusCode ?? 0));
      });
      request.on('error', (error: NodeJS.ErrnoException) => (became = error.code ?? error.message));
      request.on('socket', (socket) => socket.on('close', () => resolve(became))).end(body);
    });

  const LENGTH = { 'Content-Length': String(body.length) };
  const CHUNKED = { 'Transfer-Encoding': 'chunked' };
  it.each<[number, string, string, string, () => http.OutgoingHttpHeaders]>([
    [
      413,
      'of a known length',
      'POST',
      '/RegisteredFlavors',
      () => ({ ...json, ...LENGTH, 'X-Auth-Token': here.admin }),
    ],
    [413, 'in chunks', 'POST', '/RegisteredFlavors', () => ({ ...json, ...CHUNKED, 'X-Auth-Token': here.admin })],
    [413, 'of a known length, unwanted', 'DELETE', '/RegisteredFlavors/redis/1', () => LENGTH],
    [413, 'in chunks, unwanted', 'DELETE', '/RegisteredFlavors/redis/1', () => CHUNKED],
    [401, 'in chunks', 'POST', '/RegisteredFlavors', () => ({ ...json, ...CHUNKED })],
    [403, 'in chunks', 'POST', '/RegisteredFlavors', () => ({ ...json, ...CHUNKED, 'X-Auth-Token': here.member })],
    [415, 'in chunks', 'POST', '/RegisteredFlavors', () => ({ ...CHUNKED, 'X-Auth-Token': here.admin })],
    [413, 'in chunks, to no path at all', 'POST', '/nothing', () => CHUNKED],
    [413, 'in chunks, by a method that is not allowed', 'DELETE', '/RegisteredFlavors', () => CHUNKED],
    [414, 'in chunks', 'POST', `/RegisteredFlavors/${'x'.repeat(55_000)}`, () => CHUNKED],
    [431, 'in chunks', 'POST', `/RegisteredFlavors/${'x'.repeat(75_000)}`, () => CHUNKED],
  ])('arrives: %d to one %s', async (status, _what, method, path, headers) => {
    const answers = [];
    for (let number = 0; number < TRIES; number += 1) answers.push(await send(method, path, headers()));
    expect(answers).toEqual(Array(TRIES).fill(status));
  });

  it.each([
    ['without lines', 'x'],
    ['of short lines', '"m1.large",\n'],
    ['of empty lines', '\r\n'],
  ])('leaves the connection usable for those who keep it, however late the rest comes: %s', async (_what, text) => {
    const body = Buffer.alloc(8 * MIB, text);
    const connection = new RawConnection(here.service.url);
    const head = `POST /RegisteredFlavors HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
    connection.send(`${head}Content-Length: ${body.length}\r\n\r\n`);
    await new Promise((resolve) => connection.socket.once('data', resolve));
    connection.send(body).send('GET /healthcheck HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect((await connection.answers()).map(({ status }) => status)).toEqual([413, 200]);
  });

  it('leaves nothing behind on a connection that many of them come over', async () => {
    const send = (number: number) => ({
      method: 'DELETE',
      path: '/RegisteredFlavors/redis/1',
      headers: { 'X-Number': String(number) },
      body: 'x'.repeat(300_000),
    });
    expect(await flood(here.service.url, { from: 0, to: 200 }, send)).toEqual({ 413: 200 }); // and no warning of Node's
  });

  describe.each(['close', 'keep-alive'])('on a connection that says %s, is not listened to for ever', (word) => {
    const refuse = (length: string) =>
      new RawConnection(here.service.url, { allowHalfOpen: true }).send(
        `DELETE /RegisteredFlavors/redis/1 HTTP/1.1\r\nHost: x\r\nConnection: ${word}\r\nContent-Length: ${length}\r\n\r\n`,
      );

    it('however much is sent', async () => {
      const { socket } = refuse('999999999999');
      const pour = (): void => {
        while (!socket.destroyed && socket.write(body));
      };
      socket.on('drain', pour);
      pour();
      await new Promise((resolve) => socket.once('close', resolve));
      expect(socket.bytesWritten / MIB).toBeLessThan(64 + 512);
    });

    it('however slowly it is sent', async () => {
      const connection = refuse('999999999999');
      const drip = setInterval(() => connection.send('x'), 100);
      const { socket } = connection;
      await new Promise((resolve) => socket.once('close', resolve)); // RawConnection itself gives up only in silence
      clearInterval(drip);
      expect((await connection.answers()).map(({ status }) => status)).toEqual([413]);
    });
  });
});
