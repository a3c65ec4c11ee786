import { ClientsAtAddress } from '../support/clients-at-address';
import { startStubWorld, type StubWorld } from '../support/stub-world';
import { until } from '../support/until';

/** What the real Keystone takes to validate a token, in milliseconds. */
const KEYSTONE_MS = 73;
const HERE = '127.0.0.1';
const ELSEWHERE = '127.0.0.2';
const ALL_TAKEN = Array<number>(30).fill(200);
const QUEUE_FULL = 503;

let here: StubWorld;
let open: ClientsAtAddress[] = [];

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

function clientsAt(address: string): ClientsAtAddress {
  const clients = new ClientsAtAddress(here.world.service.url, address);
  open.push(clients);
  return clients;
}

/** What came of it, and what the flood was answered with. */
async function whileFlooded<T>(work: () => Promise<T>): Promise<{ result: T; answers: number[] }> {
  const { result, statuses } = await clientsAt(HERE).floodWhile(300, work);
  return { result, answers: [...statuses.keys()] };
}

/** What came of it, once some of the flood have found no room. */
async function whileOverflowing<T>(work: () => Promise<T>): Promise<T> {
  const { result } = await clientsAt(HERE).floodWhile(300, async (statuses) => {
    await until(() => statuses.has(QUEUE_FULL));
    return work();
  });
  return result;
}

function newTokens(): string[] {
  return ALL_TAKEN.map(() => here.stub.keystone.tokenFor('alice'));
}

describe('while an address floods the service with made-up tokens on 300 connections', () => {
  it('new tokens from another address are taken', async () => {
    expect(await whileFlooded(() => clientsAt(ELSEWHERE).readAll(newTokens()))).toEqual({
      result: ALL_TAKEN,
      answers: [401],
    });
  });

  it('new tokens from the same address are taken in their turn: all who come through one proxy share it', async () => {
    expect(await whileFlooded(() => clientsAt(HERE).readAll(newTokens()))).toEqual({
      result: ALL_TAKEN,
      answers: [401],
    });
  });

  describe('and the queue is full', () => {
    beforeAll(() => here.world.service.restart({ KEYSTONE_MAX_QUEUED_REQUESTS: '100' }));

    it('new tokens from another address are taken', async () => {
      expect(await whileOverflowing(() => clientsAt(ELSEWHERE).readAll(newTokens()))).toEqual(ALL_TAKEN);
    });

    it('a token that was taken before goes on working', async () => {
      const token = here.stub.keystone.tokenFor('bob');
      const other = clientsAt(ELSEWHERE);
      await other.read(token);

      expect(await whileOverflowing(() => other.read(token))).toBe(200);
    });
  });
});
