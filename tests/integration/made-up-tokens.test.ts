import { Agent, get } from 'node:http';
import { startStubWorld, type StubWorld } from '../support/stub-world';

/** What the real Keystone takes to validate a token, in milliseconds. */
const KEYSTONE_MS = 73;
const NEWCOMERS = 30;
const HERE = '127.0.0.1';
const ELSEWHERE = '127.0.0.2';

/** Connections from one address. */
class Clients {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    localAddress: string,
  ) {
    this.agent = new Agent({ keepAlive: true, localAddress });
  }

  /** The status of a read with this token; 0 when the connection is closed before. */
  read(token: string): Promise<number> {
    return new Promise((resolve) => {
      const options = { agent: this.agent, headers: { 'X-Auth-Token': token } };
      let status = 0;
      const request = get(`${this.url}/RegisteredFlavors/redis`, options, (response) => {
        status = response.resume().statusCode ?? 0;
      });
      request.once('error', () => undefined).once('close', () => resolve(status));
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

let here: StubWorld;
let open: Clients[] = [];

beforeAll(async () => {
  here = await startStubWorld({ KEYSTONE_DEADLINE_MS: '60000' }); // so that a busy machine refuses nobody, either
});

beforeEach(() => {
  here.stub.keystone.isSlow(KEYSTONE_MS, { path: /nocatalog/ });
});

afterEach(() => {
  for (const clients of open) clients.close();
  open = [];
  here.stub.keystone.heals();
});

afterAll(() => here.world.close());

function clientsAt(address: string): Clients {
  const clients = new Clients(here.world.service.url, address);
  open.push(clients);
  return clients;
}

/** Each of so many connections sends one made-up token after the other, for as long as the work lasts. */
async function whileFlooded<T>(clients: Clients, connections: number, work: () => Promise<T>): Promise<T> {
  let isOver = false;
  let sent = 0;
  const answers = Array.from({ length: connections }, async () => {
    while (!isOver) {
      const status = await clients.read(`gAAAAA-made-up-${(sent += 1)}`);
      if (status === 503) await pause(1000); // refusing is not what keeps this very process busy
    }
  });
  await pause(500); // the flood is under way
  try {
    return await work();
  } finally {
    isOver = true;
    clients.close();
    await Promise.all(answers);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function newcomers(clients: Clients): Promise<number[]> {
  const tokens = Array.from({ length: NEWCOMERS }, () => here.stub.keystone.tokenFor('alice'));
  return Promise.all(tokens.map((token) => clients.read(token)));
}

describe('while an address floods the service with made-up tokens on 300 connections', () => {
  const flooded = <T>(work: () => Promise<T>) => whileFlooded(clientsAt(HERE), 300, work);

  it('new tokens from another address are taken', async () => {
    expect(await flooded(() => newcomers(clientsAt(ELSEWHERE)))).toEqual(Array(NEWCOMERS).fill(200));
  }, 60_000);

  it('new tokens from the same address are taken in their turn: all who come through one proxy share it', async () => {
    expect(await flooded(() => newcomers(clientsAt(HERE)))).toEqual(Array(NEWCOMERS).fill(200));
  }, 60_000);

  describe('and the queue is full', () => {
    beforeAll(() => here.world.service.restart({ KEYSTONE_MAX_QUEUED_REQUESTS: '100' }));

    it('new tokens from another address are taken', async () => {
      expect(await flooded(() => newcomers(clientsAt(ELSEWHERE)))).toEqual(Array(NEWCOMERS).fill(200));
    }, 60_000);

    it('a token that was taken before goes on working', async () => {
      const token = here.stub.keystone.tokenFor('bob');
      const other = clientsAt(ELSEWHERE);
      await other.read(token);

      expect(await flooded(() => other.read(token))).toBe(200);
    }, 60_000);
  });
});
