import type { Socket } from 'node:net';
import { RawConnection } from './raw-http';

const AT_ONCE = 50;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const MOMENTS: readonly ((socket: Socket) => Promise<unknown>)[] = [
  (socket) => new Promise((resolve) => socket.write('', resolve)), // as soon as it is out
  (socket) => Promise.race([new Promise((resolve) => socket.once('data', resolve)), pause(100)]),
  () => pause(10),
  () => pause(60),
];
const ENDS: readonly ((socket: Socket) => unknown)[] = [
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(),
  (socket) => (socket.end(), setTimeout(() => socket.resetAndDestroy(), 20)),
  (socket) => socket.pause().destroy(), // with an answer unread: the kernel resets
];

/** Brings connections into every state, at any byte of it, and leaves in every way, at several moments. */
export async function leaveInEveryState(url: string, token: string, rounds: number): Promise<void> {
  const states = connectionStates(token);
  const leave = async (round: number) => {
    const [, bytes] = states[round % states.length]!;
    const isWhole = round % 3 > 0;
    const cut = isWhole ? bytes.length : (round * 7919) % (bytes.length + 1);
    const { socket } = new RawConnection(url, { allowHalfOpen: true }).send(bytes.slice(0, cut));
    await new Promise((resolve) => socket.once('ready', resolve).once('close', resolve));
    await MOMENTS[Math.floor(round / 2) % MOMENTS.length]!(socket);
    ENDS[Math.floor(round / states.length) % ENDS.length]!(socket);
    await new Promise((resolve) => (socket.closed ? resolve(undefined) : socket.once('close', resolve)));
  };
  for (let from = 0; from < rounds; from += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, rounds - from) }, (_, index) => leave(from + index)));
}

/** What a client may have sent when it leaves: every state that a connection can be in. */
function connectionStates(token: string): readonly (readonly [string, string])[] {
  const head = (line: string, ...headers: string[]) =>
    [`${line} HTTP/1.1`, 'Host: x', `X-Auth-Token: ${token}`, ...headers, '', ''].join('\r\n');
  const slow = head('POST /RegisteredFlavors/reset/1');
  const connect = 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n';
  const upgrade = (to: string) => head('GET /RegisteredFlavors/redis', 'Connection: Upgrade', `Upgrade: ${to}`);
  const json = 'Content-Type: application/json';
  return [
    ['nothing', ''],
    ['half a request line', 'GET /Regis'],
    ['half its headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n'],
    ['a request', head('GET /RegisteredFlavors/redis')],
    ['a request that has to wait', slow],
    ['a large answer', head('GET /openapi.json').repeat(10)],
    ['many requests', head('GET /RegisteredFlavors/redis').repeat(20)],
    ['half a body', `${head('POST /RegisteredFlavors', json, 'Content-Length: 99')}{"service`],
    ['half a chunk', `${head('PATCH /Registrations', json, 'Transfer-Encoding: chunked')}9\r\n{"re`],
    ['half a body that nobody wants', `${head('DELETE /RegisteredFlavors/reset/2', 'Content-Length: 99')}abc`],
    ['more body than is taken', head('POST /RegisteredFlavors', json, 'Content-Length: 99999999') + 'x'.repeat(9999)],
    [
      'a body that waits for a word',
      head('POST /RegisteredFlavors', json, 'Content-Length: 9', 'Expect: 100-continue'),
    ],
    ['an expectation', head('GET /', 'Expect: the-worst')],
    ['noise', 'NOISE\r\n\r\n'],
    ['noise behind a request', `${slow}NOISE\r\n\r\n`],
    ['headers without an end', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(70_000)}`],
    ['CONNECT', connect],
    ['CONNECT with more behind it', `${connect}${'\x16\x03\x01'.repeat(1000)}`],
    ['CONNECT behind a request', head('GET /RegisteredFlavors/redis') + connect],
    ['CONNECT behind a request that has to wait', slow + connect],
    ['CONNECT behind many', head('GET /RegisteredFlavors/redis').repeat(5) + slow + head('GET /') + connect],
    ['CONNECT behind half a body', `${head('POST /RegisteredFlavors', json, 'Content-Length: 99')}${connect}`],
    ['two CONNECTs', connect + connect],
    ['an upgrade to a web socket', upgrade('websocket')],
    ['an upgrade to HTTP/2', upgrade('h2c')],
    ['an upgrade behind a request that has to wait', slow + upgrade('websocket')],
    ['an upgrade with frames behind it', `${upgrade('websocket')}\x81\x85abcd`],
    ['HTTP/2 at once', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ];
}
