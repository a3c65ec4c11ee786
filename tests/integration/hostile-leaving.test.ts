import type net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';
import { RawConnection } from '../support/hostile/raw-http';

const MIB = 1024 * 1024;
const MOST_KEPT = 3 * MIB; // all of them together; each would send 24
const CONNECTIONS = 4;
const MUCH = { pipelined: 800, filler: 'x'.repeat(30_000) };
const LITTLE = { pipelined: 10, filler: 'x' };

describe('clients that leave while others of their requests wait', () => {
  let here: HostileWorld;
  beforeAll(async () => {
    here = await startHostileWorld({ VALIDATE_RESPONSES: 'false' }); // as in production
  });
  afterEach(() => {
    here.stub.nova.heals();
    here.stub.keystone.heals();
    expect(here.service.health).toEqual(UNHARMED);
  });
  afterAll(async () => expect(await here.close()).toBe(0));

  /** How many requests have been logged as left by their clients. */
  const left = () => here.service.output.split('"client_gone":true').length - 1;

  describe.each([
    ['Nova', () => (here.stub.nova.hangs(), here.admin)],
    ['Keystone', () => (here.stub.keystone.hangs(), here.stub.keystone.tokenFor('admin'))],
  ])('and %s is waited for', (who, hang) => {
    /** Requests that wait for `who`, with others behind them. */
    const send = ({ pipelined, filler }: typeof MUCH) => {
      const token = hang();
      return Array.from({ length: CONNECTIONS }, (_, index) =>
        new RawConnection(here.service.url).send(
          `POST /RegisteredFlavors/${who.toLowerCase()}-${index}/1 HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${token}\r\n\r\n` +
            `GET / HTTP/1.1\r\nHost: x\r\nX-Filler: ${filler}\r\n\r\n`.repeat(pipelined),
        ),
      );
    };
    beforeEach(() => here.send('GET', '/RegisteredFlavors/redis')); // the token is known now

    it('are noticed', async () => {
      const leftBefore = left();
      const connections = send(LITTLE);
      await asked(here);
      await Promise.all(connections.map(({ socket }) => sent(socket)));
      // What was sent before is read before: of a request that is not, nobody notices that it has left.
      for (let probe = 0; probe < 2; probe += 1) await here.send('GET', '/');
      for (const { socket } of connections) socket.destroy();
      while (left() < leftBefore + CONNECTIONS) await sleep(10);
    });

    it('take little memory, however much they have sent', async () => {
      const before = await here.service.memoryBytes();
      const connections = send(MUCH);
      await Promise.all(connections.map(({ socket }) => heldUp(socket)));
      const after = await here.service.memoryBytesAfter(before + MOST_KEPT);
      expect(after - before).toBeLessThan(MOST_KEPT);
      for (const { socket } of connections) socket.destroy();
    });
  });
});

describe('clients that end their side', () => {
  let here: HostileWorld;
  beforeAll(async () => (here = await startHostileWorld({})));
  afterAll(async () => expect(await here.close()).toBe(0));

  const answersToEnded = async (bytes: string) => {
    const connection = new RawConnection(here.service.url, { allowHalfOpen: true });
    connection.socket.end(bytes);
    return (await connection.answers()).map(({ status }) => status);
  };

  it('right behind the first request of a connection, are answered', async () => {
    expect(await answersToEnded('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toEqual([200]);
  });

  it('in the midst of a request, have left', async () => {
    const whole = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
    expect(await answersToEnded(whole.slice(0, -2))).toEqual([]);
    expect(await answersToEnded(whole.slice(0, 9))).toEqual([]);
    expect(await answersToEnded('')).toEqual([]);
  });
});

/** Until the stub has been asked for something. */
async function asked({ stub }: HostileWorld): Promise<void> {
  const asked = () => stub.nova.requests.length + stub.keystone.requests.length;
  const before = asked();
  while (asked() === before) await sleep(10);
}

/** Until all of it is on its way. */
async function sent(socket: net.Socket): Promise<void> {
  while (socket.connecting || socket.writableLength > 0) await sleep(10);
}

/** Until a client cannot send any more, although it has more to send. */
async function heldUp(socket: net.Socket): Promise<void> {
  for (let before = -1; before !== socket.writableLength; await sleep(500)) before = socket.writableLength;
  expect(socket.writableLength).toBeGreaterThan(0);
}
