import type net from 'node:net';
import { ALLOWED_ORIGIN, type Attacker, type Target } from './attacker';
import { after, askOver, bytesOf, every, holdOpen, type MakeRequest } from './connections';

const FLOODERS = 64;
const MADE_UP = 300;
const SLOW = 1000;
const MIB = 1024 * 1024;
const EMPTY_LINES = '\r\n'.repeat(32 * 1024);
const METHODS = ['PROPFIND', 'TRACE', 'OPTIONS', 'PURGE', 'DELETE', 'PUT', 'M-SEARCH', 'PATCH'];

/** Somebody without a valid token who sends as many small requests as are answered. */
function flood(name: string, does: string, make: MakeRequest, connections = FLOODERS): Attacker {
  return { name, who: 'nobody', does, attack: (target) => askOver(target, connections, make) };
}

/** In the form of a token: Keystone has to be asked. */
function madeUpToken(number: number): string {
  return `gAAAAA${String(number).padStart(10, '0')}${'m'.repeat(172)}`;
}

/** Sends the same again and again, as fast as it is taken, and drops what comes. */
function pour({ signal }: Target, socket: net.Socket, bytes: string | Buffer): void {
  const more = (): void => {
    while (!signal.aborted && socket.writable && socket.write(bytes));
  };
  socket.on('drain', more).resume();
  more();
}

export const NOBODY: readonly Attacker[] = [
  flood(
    'made-up-tokens',
    '300 connections with tokens that are made up',
    (n) => ({
      ...{ path: '/RegisteredFlavors/redis', token: madeUpToken(n) },
    }),
    MADE_UP,
  ),
  flood('no-tokens', 'requests without a token, which are 401', (n) => ({ path: `/RegisteredFlavors/t${n}` })),
  flood('unknown-paths', 'paths that there are not, which are 404', (n) => ({ path: `/nothing/${n}?a=${n}` })),
  flood('unknown-methods', 'methods that are not those of the path', (n) => ({
    ...{ method: METHODS[n % METHODS.length]!, path: n % 3 === 0 ? '/openapi.json' : `/RegisteredFlavors/t${n}` },
  })),
  flood('long-urls', 'URLs that are too long (414), and headers that are (431)', (n) =>
    n % 2 === 0
      ? { path: `/RegisteredFlavors/${'t'.repeat(50_000)}${n}` }
      : { path: '/RegisteredFlavors', headers: { 'X-Long': `${n}`.padEnd(70_000, 'h') } },
  ),
  flood(
    'error-pages',
    'pages of errors, of those that there are and others, and errors on paths of many steps',
    (n) => ({
      path: ['/errors', '/errors/registered-flavors.path.not_found', `/errors/${n}`, `/${'a/'.repeat(2000)}${n}`][
        n % 4
      ]!,
    }),
  ),
  flood('preflights', 'preflights of an allowed origin and of others, for paths that there are and others', (n) => {
    const origin = n % 2 === 0 ? ALLOWED_ORIGIN : `https://${n}.example`;
    const headers = { Origin: origin, 'Access-Control-Request-Method': 'PUT' };
    return { method: 'OPTIONS', path: n % 3 === 0 ? `/nothing/${n}` : `/RegisteredFlavors/t${n}`, headers };
  }),
  flood('health', '/healthcheck, /readiness and /, which are never refused', (n) => ({
    path: ['/healthcheck', '/readiness', '/'][n % 3]!,
  })),
  flood(
    'bodies',
    'bodies of 5 MiB, with a token that is made up and without, 20 at a time',
    (n) => ({
      ...{ method: 'POST', path: '/RegisteredFlavors', token: n % 2 === 0 ? undefined : madeUpToken(n) },
      ...{ headers: { 'Content-Type': 'application/json' }, body: Buffer.alloc(5 * MIB, 'b') },
    }),
    20,
  ),
  {
    name: 'endless-bodies',
    who: 'nobody',
    does: 'bodies without an end, where one is taken and where none is, 50 at a time',
    attack: (target) =>
      holdOpen(target, 50, (socket, number) => {
        const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
        const [method, path] = number % 2 === 0 ? ['PUT', '/Registrations'] : ['GET', '/openapi.json'];
        socket.write(bytesOf({ method, path, headers, token: madeUpToken(number) }));
        pour(target, socket, `${(64 * 1024).toString(16)}\r\n${'b'.repeat(64 * 1024)}\r\n`);
      }),
  },
  {
    name: 'slow-headers',
    who: 'nobody',
    does: '1,000 connections that send a header each second and never end',
    attack: (target) =>
      holdOpen(target, SLOW, (socket, number) => {
        socket.write('GET /RegisteredFlavors HTTP/1.1\r\nHost: x\r\n');
        every(socket, 1000, () => socket.write(`X-${number}: 1\r\n`));
      }),
  },
  {
    name: 'slow-bodies',
    who: 'nobody',
    does: '1,000 connections that send a byte of their body each second',
    attack: (target) =>
      holdOpen(target, SLOW, (socket) => {
        const headers = { 'Content-Type': 'application/json', 'Content-Length': '100000' };
        socket.write(bytesOf({ method: 'POST', path: '/RegisteredFlavors', headers }));
        every(socket, 1000, () => socket.write(' '));
      }),
  },
  {
    name: 'silent',
    who: 'nobody',
    does: '1,000 connections that send nothing',
    attack: (target) => holdOpen(target, SLOW, () => undefined),
  },
  {
    name: 'pipelines',
    who: 'nobody',
    does: '100 connections that send 100 requests at once, again and again',
    attack: (target) =>
      holdOpen(target, 100, (socket) => {
        const paths = ['/healthcheck', '/nothing', '/openapi.json', '/ServiceTypes'];
        const requests = Array.from({ length: 100 }, (_, at) => bytesOf({ path: paths[at % paths.length]! })).join('');
        socket.write(requests);
        every(socket, 1000, () => socket.write(requests));
        socket.on('data', () => undefined).resume();
      }),
  },
  {
    name: 'tiny-requests',
    who: 'nobody',
    does: '300 connections that send 2,000 of the smallest requests at once, and never read',
    attack: (target) =>
      holdOpen(target, MADE_UP, (socket) => {
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2000));
        every(socket, 5000, () => socket.write('\r\n'));
      }),
  },
  {
    name: 'crowds',
    who: 'nobody',
    does: '1,000 connections at once that ask for /openapi.json 8 times and never read, and 1,000 others after 2 s',
    attack: (target) =>
      holdOpen(target, SLOW, (socket) => {
        socket.write(bytesOf({ path: '/openapi.json' }).repeat(8));
        after(socket, 2000, () => socket.destroy());
      }),
  },
  {
    name: 'tiny-checks',
    who: 'nobody',
    does: '300 connections that send 2,000 requests for /healthcheck at once, again and again, and read the answers',
    attack: (target) =>
      holdOpen(target, MADE_UP, (socket) => {
        const requests = 'GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2000);
        socket.write(requests);
        every(socket, 1000, () => {
          if (socket.writableLength === 0) socket.write(requests);
        });
        socket.on('data', () => undefined).resume();
      }),
  },
  {
    name: 'tiny-chunks',
    who: 'nobody',
    does: '300 connections that send a body in chunks of a byte, without an end',
    attack: (target) =>
      holdOpen(target, MADE_UP, (socket, number) => {
        const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
        const [method, path] = number % 2 === 0 ? ['PUT', '/Registrations'] : ['GET', '/openapi.json'];
        socket.write(bytesOf({ method, path, headers, token: madeUpToken(number) }));
        pour(target, socket, '1\r\nb\r\n'.repeat(10_000));
      }),
  },
  {
    name: 'empty-lines',
    who: 'nobody',
    does: '1,000 connections that send empty lines behind a request, without an end',
    attack: (target) =>
      holdOpen(target, SLOW, (socket) => {
        socket.write(bytesOf({ path: '/' }) + EMPTY_LINES);
        pour(target, socket, EMPTY_LINES);
      }),
  },
  {
    name: 'tunnels',
    who: 'nobody',
    does: '500 connections that send CONNECT and empty lines behind it, without an end',
    attack: (target) =>
      holdOpen(target, 500, (socket) => {
        socket.write(`CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n`);
        pour(target, socket, EMPTY_LINES);
      }),
  },
  {
    name: 'noise',
    who: 'nobody',
    does: '500 connections that send noise, without an end',
    attack: (target) => holdOpen(target, 500, (socket) => pour(target, socket, Buffer.alloc(64 * 1024, '\x01 noise'))),
  },
  {
    name: 'not-http',
    who: 'nobody',
    does: 'bytes that are not HTTP, 50 at a time',
    attack: (target) =>
      holdOpen(target, 50, (socket, number, random) => {
        const garbage = Buffer.from(Array.from({ length: 512 }, () => random(256)));
        socket.write(number % 2 === 0 ? garbage : Buffer.concat([Buffer.from('GET / HTTP/1.1\r\n'), garbage]));
        socket.resume();
        after(socket, 1000, () => socket.destroy());
      }),
  },
];
