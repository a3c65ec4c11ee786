import fc from 'fast-check';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { aCall, connect, createCache } from './support/clients';

const ttlSeconds = 30;
const ids = ['a', 'A', 'detail', '__proto__'] as const;

type Step =
  | { do: 'look up'; ids: string[]; fresh: boolean }
  | { do: 'wait'; seconds: number }
  | { do: 'add' | 'remove'; id: string };

const anyId = fc.constantFrom(...ids);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('look up' as const),
      ids: fc.uniqueArray(anyId, { minLength: 1 }),
      fresh: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(0, 1, 29, 30, 31) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('add' as const, 'remove' as const), id: anyId }) },
);

let cloud: StubCloud;

beforeAll(async () => {
  cloud = await startStubCloud({ flavors: [], tokenLifetimeSeconds: 1_000_000 });
});

afterAll(async () => {
  await cloud.close();
});

/** Nova as it was at each moment: the last entry not later than a time says what was there then. */
class History {
  private readonly moments = new Map<number, Set<string>[]>();

  record(at: number): void {
    const states = this.moments.get(at) ?? [];
    this.moments.set(at, [...states, new Set(cloud.nova.flavors.map(({ id }) => id))]);
  }

  /** Whether an id was there at that time; both when that changed in the same moment. */
  possible(at: number, id: string): string[] {
    const states = this.moments.get(at) ?? [];
    return [...new Set(states.map((state) => (state.has(id) ? 'found' : 'missing')))];
  }
}

function changeNova(step: Step & { do: 'add' | 'remove' }): void {
  const isThere = cloud.nova.flavors.some(({ id }) => id === step.id);
  if (step.do === 'add' && !isThere) cloud.nova.add({ id: step.id, name: step.id, ram: 1, vcpus: 1, disk: 1 });
  if (step.do === 'remove' && isThere) cloud.nova.remove(step.id);
}

async function play(steps: readonly Step[]): Promise<number> {
  for (const { id } of [...cloud.nova.flavors]) cloud.nova.remove(id);
  const clients = connect(cloud);
  const { clock } = clients;
  const cache = createCache(clients, { ttlSeconds, maxEntries: 3 });
  const history = new History();
  let looked = 0;
  history.record(clock.now());
  for (const step of steps) {
    if (step.do === 'wait') clock.passes(step.seconds);
    else if (step.do !== 'look up') changeNova(step);
    history.record(clock.now());
    if (step.do !== 'look up') continue;
    const options = {
      ...aCall(),
      accept: step.fresh ? ('the new' as const) : ('the current' as const),
      withAccess: false,
    };
    // Each id by itself: what a look-up brings is as old as the oldest answer in it.
    const found = await Promise.all(step.ids.map((id) => cache.lookUp([id], options)));
    for (const [index, { answers, goodUntil }] of found.entries()) {
      const id = step.ids[index]!;
      const askedAt = goodUntil - ttlSeconds * 1000;
      const age = clock.now() - askedAt;
      const status = answers.get(id)?.status;
      expect([...answers.keys()]).toEqual([id]);
      expect(age).toBeLessThan(step.fresh ? 1 : ttlSeconds * 1000);
      expect(history.possible(askedAt, id)).toContain(status);
      if (step.fresh) expect(status).toBe(cloud.nova.flavors.some((flavor) => flavor.id === id) ? 'found' : 'missing');
      looked += 1;
    }
  }
  return looked;
}

it('never gives an answer older than its time to live, nor another than Nova gave at the time it names', async () => {
  let looked = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 20 }), async (steps) => {
      looked += await play(steps);
    }),
    { numRuns: 60 },
  );
  expect(looked).toBeGreaterThan(200);
});
