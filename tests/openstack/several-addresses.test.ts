import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Lookup } from '../../src/openstack/happy-eyeballs';
import { aCall, createUpstream } from './support/clients';
import { outcomeOf } from './support/expectations';
import { startStuckAddress, type StuckAddress } from './support/stuck-address';

/** Where something answers; on the other addresses of this network of loopback nothing does, or it is stuck. */
const ALIVE = '127.0.0.1';
const [SLOW, DEAD, REFUSING] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];

let server: Server;
let port: number;
let requests: number;
const stuck: StuckAddress[] = [];

beforeEach(async () => {
  requests = 0;
  server = createServer((_request, response) => {
    requests += 1;
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ from: ALIVE }));
  });
  server.listen(0, ALIVE);
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterEach(async () => {
  for (const each of stuck.splice(0)) await each.close();
  server.closeAllConnections();
  server.close();
});

async function makeStuck(host: string): Promise<StuckAddress> {
  const address = await startStuckAddress(host, port);
  stuck.push(address);
  return address;
}

/** Asks a name that has these addresses. */
function ask(addresses: readonly string[], { attemptTimeoutMs = 30_000, looked = (): void => undefined } = {}) {
  const lookup: Lookup = (_name, _options, done) => {
    looked();
    done(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  };
  const upstream = createUpstream({ attemptTimeoutMs, lookup });
  const url = `http://several.example:${port}/`;
  return upstream.request({ method: 'GET', url, headers: {}, ...aCall() });
}

describe('a name with several addresses', () => {
  it('is reached at one that takes longer than the next attempt, while the others are dead', async () => {
    const slow = await makeStuck(SLOW);
    await makeStuck(DEAD);
    const asked = ask([SLOW, DEAD], { looked: () => setTimeout(() => slow.wake(), 600) });
    expect((await asked).json).toEqual({ from: SLOW });
  });

  it.each([
    ['dead', [DEAD, ALIVE]],
    ['refusing', [REFUSING, ALIVE]],
    ['dead and refusing', [DEAD, REFUSING, ALIVE]],
  ])('is reached at the next one when the first is %s, by one request', async (_, addresses) => {
    await makeStuck(DEAD);
    expect((await ask(addresses)).json).toEqual({ from: ALIVE });
    expect(requests).toBe(1);
  });

  it('cannot be reached when all refuse, and says so with their code', async () => {
    expect(await outcomeOf(ask([REFUSING, '127.0.0.5']))).toMatchObject({
      kind: 'unavailable',
      detail: 'Nova cannot be reached (ECONNREFUSED). Try again later.',
    });
  });

  it('does not answer when all are dead: the time of one request bounds all of its attempts', async () => {
    await makeStuck(SLOW);
    await makeStuck(DEAD);
    expect(await outcomeOf(ask([SLOW, DEAD], { attemptTimeoutMs: 700 }))).toMatchObject({
      kind: 'upstream timed out',
      detail: 'Nova did not answer within 700 ms.',
    });
  });

  it('cannot be reached without any address, or without being known', async () => {
    expect(await outcomeOf(ask([]))).toMatchObject({ kind: 'unavailable' });
    const unknown = createUpstream().request({ method: 'GET', url: 'http://none.invalid/', headers: {}, ...aCall() });
    expect((await outcomeOf(unknown)).detail).toMatch(/^Nova cannot be reached \((ENOTFOUND|EAI_AGAIN)\)/);
  });
});
