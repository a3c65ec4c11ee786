import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { connect, type Clients } from './support/clients';
import { outcomeOf, validationsAt } from './support/expectations';

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud();
  clients = connect(cloud, { maxConcurrentRequests: 3, keystoneDeadlineMs: 300 });
  await validate(cloud.keystone.tokenFor('alice')); // our own login is done
  cloud.keystone.resetRequests();
});

afterEach(async () => {
  await cloud.close();
});

function validate(token: string) {
  return clients.validator.validate(token, 'req-11111111-2222-3333-4444-555555555555');
}

function garbage(count: number): Promise<string[]> {
  const tokens = Array.from({ length: count }, (_, index) => `gAAAAA${index}`);
  return Promise.all(tokens.map(async (token) => (await outcomeOf(validate(token))).kind));
}

describe('many tokens that nobody knows', () => {
  it('come to Keystone a few at a time', async () => {
    cloud.keystone.isSlow(10);

    expect(new Set(await garbage(40))).toEqual(new Set(['unauthenticated']));
    expect([cloud.keystone.maxConcurrent, validationsAt(cloud)]).toEqual([3, 40]);
  });

  it('are not asked about any more once their callers have given up', async () => {
    cloud.keystone.isSlow(200);

    expect(await garbage(40)).toContain('unavailable');
    const asked = validationsAt(cloud);
    await new Promise((resolve) => setTimeout(resolve, 500));

    expect(asked).toBeLessThan(10);
    expect(validationsAt(cloud)).toBe(asked);
  });
});
