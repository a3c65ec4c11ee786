import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';
import { RawConnection } from '../support/hostile/raw-http';
import { REMEMBERS_NOTHING } from '../support/test-service';

const MIB = 1024 * 1024;
const PLACES = 50;
const CLIENTS = 4 * PLACES;
const NOVA_MS = 300;
const LOAD_MS = 3000;
/** Once an admitted request has waited for a look-up that is under way and for its own: far more than that. */
const MOST_MS = 10_000;

interface Told {
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly retryAfter: string | undefined;
  readonly ms: number;
}

describe('four times as many clients as there are places', () => {
  let here: HostileWorld;
  beforeAll(async () => {
    here = await startHostileWorld({
      ...REMEMBERS_NOTHING,
      VALIDATE_RESPONSES: 'false', // as in production
      MAX_CONCURRENT_REQUESTS: String(PLACES),
    });
    await here.send('POST', '/RegisteredFlavors/redis/1,2');
    here.stub.nova.isSlow(NOVA_MS, { path: /flavors/ });
  });
  afterAll(async () => {
    expect(here.service.health).toEqual(UNHARMED);
    expect(await here.close()).toBe(0);
  });

  function ask(agent: http.Agent, method: string, path: string): Promise<Told> {
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      const options = { agent, method, path, headers: { 'X-Auth-Token': here.admin } };
      const request = http.request(here.service.url, options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode,
            code: /"code":"([^"]+)"/.exec(Buffer.concat(chunks).toString())?.[1],
            retryAfter: answer.headers['retry-after'],
            ms: performance.now() - begun,
          }),
        );
      });
      request.on('error', reject).end();
    });
  }

  /** One connection that asks again and again. */
  async function client(until: number, method: string, path: string): Promise<Told[]> {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const told: Told[] = [];
    while (performance.now() < until) {
      const answer = await ask(agent, method, path);
      told.push(answer);
      await pause(answer.status === 503 ? 100 : 10); // sooner than Retry-After says
    }
    agent.destroy();
    return told;
  }

  async function load(forMs: number): Promise<Told[]> {
    const until = performance.now() + forMs;
    const clients = Array.from({ length: CLIENTS }, (_, index) =>
      index % 10 === 0
        ? client(until, 'POST', '/RegisteredFlavors/redis/1')
        : client(until, 'GET', '/RegisteredFlavors/redis'),
    );
    return (await Promise.all(clients)).flat();
  }

  /** Those who send and never read, who never finish sending, and who leave. */
  function pests(): { end: () => void } {
    const connect = (bytes: string) => new RawConnection(here.service.url).send(bytes);
    const read = `GET /RegisteredFlavors/redis HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${here.admin}\r\n`;
    const all = Array.from({ length: 10 }, () => [
      connect('GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50)),
      connect(`${read}X-A: `),
      connect(`${read}Content-Length: 9\r\n\r\n`),
    ]).flat();
    all.forEach(({ socket }, index) => index % 3 === 0 && socket.pause());
    const busy = setInterval(() => {
      all.forEach(({ socket }, index) => index % 3 !== 0 && socket.writable && socket.write('a'));
      const leaver = connect(`${read}\r\n`);
      setTimeout(() => leaver.socket.destroy(), 50);
    }, 100);
    return {
      end: () => {
        clearInterval(busy);
        for (const { socket } of all) socket.destroy();
      },
    };
  }

  it('are answered or refused at once, in bounded memory, and it is itself again right behind them', async () => {
    await load(500); // what the first ones fill for good
    const before = await here.service.memoryBytes();
    const grown = async () => ((await here.service.memoryBytes()) - before) / MIB;

    const slow = pests();
    const watching = client(performance.now() + LOAD_MS, 'GET', '/healthcheck');
    const loading = load(LOAD_MS);
    await pause(LOAD_MS / 2);
    const grownUnderLoad = await grown();
    const told = await loading;
    slow.end();
    const behind = await here.send('GET', '/RegisteredFlavors/redis');

    expect(behind.status).toBe(200);
    expect(new Set(told.map(({ status, code, retryAfter }) => [status, code, retryAfter].join(' ').trim()))).toEqual(
      new Set(['200', '503 registered-flavors.service.overloaded 1']),
    );
    expect(Math.max(...told.map(({ ms }) => ms))).toBeLessThan(MOST_MS);
    expect(new Set((await watching).map(({ status }) => status))).toEqual(new Set([200]));
    expect(grownUnderLoad).toBeLessThan(48);
    const most = 8 * MIB;
    expect((await here.service.memoryBytesAfter(before + most)) - before).toBeLessThan(most);
  });
});
