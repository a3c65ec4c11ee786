import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';
import { RawConnection } from '../support/hostile/raw-http';

const MIB = 1024 * 1024;
const MOST_KEPT = 3 * MIB; // each of them sends 6
const CONNECTIONS = 4;
const PIPELINED = 200;
const FILLER = 'x'.repeat(30_000);

describe('clients that leave with much behind them', () => {
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
  const left = () => here.service.output.split('"client gone"').length - 1;

  it.each([
    ['Nova', () => (here.stub.nova.hangs(), here.admin)],
    ['Keystone', () => (here.stub.keystone.hangs(), here.stub.keystone.tokenFor('admin'))],
  ])('leave nothing in memory, though %s is still being waited for', async (who, hang) => {
    await here.send('GET', '/RegisteredFlavors/redis'); // the token is known now
    const token = hang();
    const leftBefore = left();
    const before = await here.service.memoryBytes();
    const connections = Array.from({ length: CONNECTIONS }, (_, index) =>
      new RawConnection(here.service.url).send(
        `POST /RegisteredFlavors/${who.toLowerCase()}-${index}/1 HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${token}\r\n\r\n` +
          `GET / HTTP/1.1\r\nHost: x\r\nX-Filler: ${FILLER}\r\n\r\n`.repeat(PIPELINED),
      ),
    );
    const most = 0.9 * CONNECTIONS * PIPELINED * FILLER.length; // something of each of them
    const arrived = async () => (await here.service.memoryBytes()) - before > most;
    while (!(await arrived())) await new Promise((resolve) => setTimeout(resolve, 50));
    for (const { socket } of connections) socket.destroy();
    while (left() < leftBefore + CONNECTIONS) await new Promise((resolve) => setTimeout(resolve, 10));

    const after = await here.service.memoryBytesAfter(before + MOST_KEPT);
    expect(after - before).toBeLessThan(MOST_KEPT);
  });
});
