import { typeNames } from '../shape';
import type { Attacker, Target } from './attacker';
import { after, bytesOf, holdOpen } from './connections';

const CONNECTIONS = 50;
const MORE_THAN_ANY = 10_000_000;
const CONNECT = 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n';
const UPGRADE = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==' };

/** A read of 100 types of which no other has asked just that. */
function heavy({ shape, tokens }: Target, number: number): string {
  const path = `/RegisteredFlavors/${typeNames(shape, 0, 100).join()}?min_ram=${MORE_THAN_ANY + number}`;
  return bytesOf({ path, token: tokens[0] });
}

export const LEAVES: readonly Attacker[] = [
  {
    name: 'leaves',
    who: 'a reader',
    does: 'requests for lists of 100 types, with a reset right behind each, 50 at a time',
    attack: (target) =>
      holdOpen(target, CONNECTIONS, (socket, number) => {
        socket.write(heavy(target, number), () => socket.resetAndDestroy());
      }),
  },
  {
    name: 'leaves-midway',
    who: 'a reader',
    does: 'requests for large answers, with a reset at the first bytes of the answer, 50 at a time',
    attack: (target) =>
      holdOpen(target, CONNECTIONS, (socket, number) => {
        const { shape, tokens } = target;
        const names = typeNames(shape, number % shape.types, Math.ceil(5000 / shape.flavorsPerType)).join();
        socket.write(bytesOf({ path: `/RegisteredFlavors/${names}?min_ram=${number % 1024}`, token: tokens[0] }));
        socket.once('data', () => socket.resetAndDestroy()).resume();
      }),
  },
  {
    name: 'connect',
    who: 'nobody',
    does: 'CONNECT with a reset behind it, 50 at a time',
    attack: (target) =>
      holdOpen(target, CONNECTIONS, (socket, number) => {
        if (number % 2 === 0) socket.write(CONNECT, () => socket.resetAndDestroy());
        else socket.write(CONNECT, () => after(socket, number % 20, () => socket.resetAndDestroy()));
      }),
  },
  {
    name: 'connect-behind',
    who: 'a reader',
    does: 'a slow GET with a CONNECT sent behind it and a reset, 50 at a time',
    attack: (target) =>
      holdOpen(target, CONNECTIONS, (socket, number) => {
        socket.write(heavy(target, number) + CONNECT, () => after(socket, number % 50, () => socket.resetAndDestroy()));
      }),
  },
  {
    name: 'upgrade',
    who: 'nobody',
    does: 'requests for an upgrade, alone and behind a GET, with a reset, 50 at a time',
    attack: (target) =>
      holdOpen(target, CONNECTIONS, (socket, number) => {
        const upgrade = bytesOf({ path: '/healthcheck', headers: UPGRADE });
        socket.write((number % 2 === 0 ? '' : bytesOf({ path: '/openapi.json' })) + upgrade, () =>
          after(socket, number % 10, () => socket.resetAndDestroy()),
        );
      }),
  },
  {
    name: 'opens-and-closes',
    who: 'nobody',
    does: 'connections that send nothing, or half a request, and are closed at once, 200 at a time',
    attack: (target) =>
      holdOpen(target, 200, (socket, number) => {
        if (number % 2 === 0) socket.resetAndDestroy();
        else socket.write('GET /healthcheck HTTP/1.1\r\nHo', () => socket.destroy());
      }),
  },
];
