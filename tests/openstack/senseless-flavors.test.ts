import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { manyFlavors } from '../../src/stub/stub-flavors';
import { aCall, connect, type Clients } from './support/clients';
import { breakDescription, outcomeOf } from './support/expectations';

let cloud: StubCloud;
let clients: Clients;

beforeEach(async () => {
  cloud = await startStubCloud({ flavors: manyFlavors(50) });
  clients = connect(cloud);
});

afterEach(async () => {
  await cloud.close();
});

function lookUp(flavorIds: readonly string[]) {
  return clients.directory.lookUp(flavorIds, { globalRequestId: aCall().globalRequestId });
}

/** So many ids, spread evenly over the list. */
function spread(count: number): string[] {
  const ids = cloud.nova.flavors.map(({ id }) => id);
  return Array.from({ length: count }, (_, index) => ids[Math.floor((index * ids.length) / count)]!);
}

describe('an answer that makes no sense', () => {
  const detailOf = (failures: ReadonlyMap<string, Error>) => [...failures].map(([id, { message }]) => [id, message]);

  it.each([
    ['a GET', 10],
    ['the list', 40],
  ])('of one flavor by %s is a failure of that one only', async (_, count) => {
    const ids = spread(count);
    breakDescription(cloud, ids[3]!);

    const { answers, failures } = await lookUp(ids);

    expect(detailOf(failures)).toEqual([[ids[3], 'Nova sent a flavor whose ram is missing or wrong.']]);
    expect(ids.filter((id) => answers.get(id)?.status === 'found')).toEqual(ids.filter((id) => id !== ids[3]));
    expect(answers.has(ids[3]!)).toBe(false);
  });

  it('of a flavor that only went by in the list is nobody’s failure', async () => {
    breakDescription(cloud, spread(50)[1]!);
    const { answers, failures } = await lookUp(spread(50).toSpliced(1, 1));

    expect([failures.size, answers.has(spread(50)[1]!)]).toEqual([0, false]);
  });

  it('of three is a failure of theirs; a fourth says that it is Nova that is broken', async () => {
    const ids = spread(16);
    for (const id of ids.slice(0, 3)) breakDescription(cloud, id);
    expect([...(await lookUp(ids)).failures.keys()].sort()).toEqual(ids.slice(0, 3).sort());
    breakDescription(cloud, ids[3]!);

    expect(await outcomeOf(lookUp(ids))).toMatchObject({ kind: 'upstream answered badly' });
  });

  it('fails the look-up as a whole when it is the list that makes none', async () => {
    cloud.nova.answersGarbage({ path: /detail\?is_public=None/ });

    expect(await outcomeOf(lookUp(spread(40)))).toMatchObject({ kind: 'upstream answered badly' });
  });
});
