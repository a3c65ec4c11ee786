import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { anAsker, connect, type Clients } from './support/clients';

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud();
  clients = connect(cloud);
});

afterEach(async () => {
  await cloud.close();
});

describe('memory looked into without asking', () => {
  it('knows a token that was validated, and asks Keystone about no other', async () => {
    const [known, unknown] = [cloud.keystone.tokenFor('alice'), cloud.keystone.tokenFor('bob')];
    const caller = await clients.tokens.validate(known, anAsker());
    const asked = cloud.keystone.requests.length;

    expect(clients.tokens.peek(known)).toBe(caller);
    expect(['', 'größe', 'gAAAAA', unknown].map((token) => clients.tokens.peek(token))).toEqual(
      Array(4).fill(undefined),
    );
    expect(cloud.keystone.requests).toHaveLength(asked);
  });

  it('does not know a token after its time, or after its end', async () => {
    const [long, short] = [cloud.keystone.tokenFor('alice'), cloud.keystone.tokenFor('bob', { lifetimeSeconds: 60 })];
    for (const token of [long, short]) await clients.tokens.validate(token, anAsker());
    clients.clock.passes(61);
    const afterOne = [long, short].map((token) => clients.tokens.peek(token) !== undefined);
    clients.clock.passes(239);

    expect([...afterOne, clients.tokens.peek(long)]).toEqual([true, false, undefined]);
  });
});
