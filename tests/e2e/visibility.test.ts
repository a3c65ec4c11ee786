import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startCloudWorld } from '../support/cloud-world';
import { listed } from '../support/expectations';
import type { Person, World } from '../support/world';

const run = promisify(execFile);
/** The entries of the clouds.yaml that tests/cloud/up.sh writes. */
const clouds: Record<Person, string> = {
  admin: 'lab-admin',
  member: 'lab-member',
  reader: 'lab-reader',
  other: 'lab-other',
};

/** What `openstack flavor list` shows, with every page of it. */
async function openstackFlavorList(person: Person): Promise<string[]> {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('OS_')));
  const { stdout } = await run(
    'openstack',
    [
      '--os-cloud',
      clouds[person],
      'flavor',
      'list',
      '-f',
      'json',
      '-c',
      'ID',
      ...(person === 'admin' ? ['--all'] : []),
    ],
    {
      env: { ...environment, OS_CLIENT_CONFIG_FILE: process.env['OS_CLIENT_CONFIG_FILE'], PYTHONWARNINGS: 'ignore' },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return (JSON.parse(stdout) as { ID: string }[]).map(({ ID }) => ID);
}

describe('visibility on a real cloud, against openstack flavor list', () => {
  const people: readonly Person[] = ['admin', 'member', 'reader', 'other'];
  const type = 'everything';
  let world: World;
  let registered: string[];

  beforeAll(async () => {
    world = await startCloudWorld();
    const all = await world.listFlavors('admin');
    // Every tenth, and all that not everybody is shown: the private and the disabled ones.
    const shown = new Set(await world.listFlavors('other'));
    const hidden = all.filter((id) => !shown.has(id));
    registered = [...new Set([...all.filter((_, index) => index % 10 === 0), ...hidden])];
    for (let from = 0; from < registered.length; from += 100) {
      const ids = registered.slice(from, from + 100).map(encodeURIComponent);
      await world.as('admin').post(`/RegisteredFlavors/${type}/${ids.join()}`).expect(201);
    }
  });
  afterAll(() => world.close());

  const here = async (person: Person) => {
    const answer = await world.as(person).get(`/RegisteredFlavors/${type}`).expect(200);
    return listed(answer).map(({ id }) => id);
  };
  const expectTheSame = async (): Promise<Record<string, number>> => {
    // All at once: the client asks for the extra specs of each flavor by itself, and so takes its time.
    const compared = people.map(async (person): Promise<[Person, number]> => {
      const inNova = new Set(await openstackFlavorList(person));
      const seen = await here(person);
      expect({ person, seen }).toEqual({ person, seen: registered.filter((id) => inNova.has(id)).sort() });
      return [person, seen.length];
    });
    return Object.fromEntries(await Promise.all(compared));
  };

  it('is the same for everybody, before and after access is granted and revoked', async () => {
    const before = await expectTheSame();
    const closed = await world.createFlavor({ isPublic: false });
    await world.as('admin').post(`/RegisteredFlavors/${type}/${closed}`).expect(201);
    registered.push(closed);

    await world.grantAccess(closed, 'other');
    const granted = await expectTheSame();
    await world.revokeAccess(closed, 'other');
    const revoked = await expectTheSame();

    const more = (counts: Record<string, number>, changes: Record<string, number>) =>
      Object.fromEntries(people.map((person) => [person, (counts[person] ?? 0) + (changes[person] ?? 0)]));
    expect([granted, revoked]).toEqual([more(before, { admin: 1, other: 1 }), more(before, { admin: 1 })]);
    expect(before['admin']).toBeGreaterThan(before['member'] ?? 0);
    expect(before['member']).toBeGreaterThan(before['other'] ?? 0);
    process.stdout.write(`registered flavors seen: ${JSON.stringify({ before, granted, revoked })}\n`);
  });
});
