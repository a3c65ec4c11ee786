import type net from 'node:net';
import { typeNames } from '../shape';
import type { Attacker, Target } from './attacker';
import { bytesOf, every, holdOpen } from './connections';

const READERS = 300;
const CONTRACT_READERS = 1000;
const PIPELINERS = 50;
/** A line that means nothing between two requests; it shows whether the other end is still there. */
const SIGN_OF_LIFE = '\r\n';
const SIGN_EVERY_MS = 5000;
const SECOND_MS = 1000;

/** The n-th of many large answers, no two alike: all flavors of some types. */
function large({ shape, tokens }: Target, number: number): string {
  // With the same size for each registry: as many types as have some thousand flavors.
  const names = typeNames(shape, number % shape.types, Math.ceil(5000 / shape.flavorsPerType)).join();
  return bytesOf({ path: `/RegisteredFlavors/${names}?min_vcpus=1&min_ram=${number % 1024}`, token: tokens[0] });
}

function neverReads(socket: net.Socket): void {
  every(socket, SIGN_EVERY_MS, () => socket.write(SIGN_OF_LIFE));
}

/** Reads one byte from the system each second: what Node has for it to take is that large. */
const A_BYTE = { buffer: Buffer.alloc(1), callback: () => false };

export const DOES_NOT_READ: readonly Attacker[] = [
  {
    name: 'never-reads',
    who: 'a reader',
    does: '300 connections that ask for large answers, each another one, and never read',
    attack: (target) =>
      holdOpen(target, READERS, (socket, number) => {
        socket.write(large(target, number));
        neverReads(socket);
      }),
  },
  {
    name: 'byte-a-second',
    who: 'a reader',
    does: '300 connections that ask for large answers and read a byte a second',
    attack: (target) =>
      holdOpen(
        target,
        READERS,
        (socket, number) => {
          socket.write(large(target, number));
          every(socket, SECOND_MS, () => socket.resume());
        },
        { onread: A_BYTE },
      ),
  },
  {
    name: 'pipelines-large',
    who: 'a reader',
    does: '50 connections that send 100 requests for large answers at once and never read',
    attack: (target) =>
      holdOpen(target, PIPELINERS, (socket, number) => {
        const requests = Array.from({ length: 100 }, (_, at) => large(target, number * 100 + at));
        socket.write(requests.join(''));
        neverReads(socket);
      }),
  },
  {
    name: 'contract-unread',
    who: 'nobody',
    does: '1,000 connections that ask for /openapi.json and never read',
    attack: (target) =>
      holdOpen(target, CONTRACT_READERS, (socket) => {
        socket.write(bytesOf({ path: '/openapi.json' }));
        neverReads(socket);
      }),
  },
  {
    name: 'refusals-unread',
    who: 'nobody',
    does: '300 connections that send 100 requests at once, which are 404 and 401, and never read',
    attack: (target) =>
      holdOpen(target, READERS, (socket, number) => {
        const paths = Array.from({ length: 100 }, (_, at) => (at % 2 === 0 ? `/nothing/${number}` : '/ServiceTypes'));
        socket.write(paths.map((path) => bytesOf({ path })).join(''));
        neverReads(socket);
      }),
  },
];
