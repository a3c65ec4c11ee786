import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';

const AT_ONCE = 16;

/** A request that keeps its connection. */
function head(line: string, ...headers: string[]): string {
  return [`${line} HTTP/1.1`, 'Host: x', ...headers, '', ''].join('\r\n');
}

const CHUNKED = 'Transfer-Encoding: chunked';
const LAST = head('GET /healthcheck', 'Connection: close');

describe('requests of one connection, wherever their bytes are cut', () => {
  let here: HostileWorld;
  beforeAll(async () => (here = await startHostileWorld()));
  afterEach(() => expect(here.service.health).toEqual(UNHARMED));
  afterAll(async () => expect(await here.close()).toBe(0));

  it.each([
    [
      'bodies of a known length with requests and empty lines in them',
      [200, 200, 404, 200],
      head('GET /', 'Content-Length: 31') +
        'GET /nothing HTTP/1.1\r\n\r\n\r\n\r\n\r\n' +
        head('GET /') +
        head('GET /nothing', 'Content-Length: 3') +
        '\r\n\r' +
        LAST,
    ],
    [
      'bodies in chunks, with trailers and empty lines between requests',
      [200, 404, 200],
      `\r\n\r\n${head('GET /', CHUNKED)}4;a=b\r\n\r\n\r\n\r\n1\r\n0\r\n0\r\nX-T: 1\r\n\r\n\r\n` +
        `${head('GET /nothing', CHUNKED)}0\r\n\r\n${LAST}`,
    ],
    ['upgrades that are not taken', [200, 200], head('GET /', 'Connection: upgrade', 'Upgrade: websocket') + LAST],
    ['what is no request behind one that is', [200, 400], `${head('GET /')}GET nothing\r\n\r\n${LAST}`],
    ['CONNECT behind a request', [200, 400], head('GET /') + head('CONNECT a:1') + LAST],
  ])('are answered the same: %s', async (_what, statuses, bytes) => {
    expect(await statusesOf(here.service.url, [bytes])).toEqual(statuses);
    const cuts = Array.from({ length: bytes.length - 1 }, (_, at) => [bytes.slice(0, at + 1), bytes.slice(at + 1)]);
    cuts.push([...bytes]); // byte by byte
    const odd: object[] = [];
    const next = async (): Promise<void> => {
      for (let parts = cuts.pop(); parts !== undefined; parts = cuts.pop()) {
        const found = await statusesOf(here.service.url, parts);
        if (found.join() !== statuses.join()) odd.push({ found, parts });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    expect(odd).toEqual([]);
  });

  it.each([
    ['chunks of a byte', head('GET /', CHUNKED) + '1\r\nb\r\n'.repeat(500) + '0\r\n\r\n'],
    ['one chunk of empty lines', `${head('GET /', CHUNKED)}2710\r\n${'\r\n'.repeat(5000)}\r\n0\r\n\r\n`],
    ['a known length, of empty lines', head('GET /', 'Content-Length: 100000') + '\r\n'.repeat(50_000)],
    ['nothing, behind 8,000 empty lines', '\r\n'.repeat(8000) + head('GET /')],
  ])('are all found behind bodies of %s', async (_what, request) => {
    expect(await statusesOf(here.service.url, [request.repeat(3) + LAST])).toEqual([200, 200, 200, 200]);
  });

  it('are not waited for by who sends nothing but empty lines', async () => {
    expect(await statusesOf(here.service.url, [head('GET /') + '\r\n'.repeat(40_000)])).toEqual([200]);
  });
});

/** The statuses of all answers until the service closes the connection; the parts arrive one by one. */
async function statusesOf(url: string, parts: readonly string[]): Promise<number[]> {
  const { hostname, port } = new URL(url);
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
  let text = '';
  socket.setEncoding('latin1').on('data', (more) => (text += String(more)));
  socket.on('error', () => undefined); // a reset is an end: what came before it counts
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const part of parts) {
    if (socket.destroyed) break;
    await new Promise((resolve) => socket.write(part, resolve));
    await turn();
  }
  await closed;
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}
