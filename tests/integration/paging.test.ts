import type { Response } from 'supertest';
import { hydrated, listed } from '../support/expectations';
import { nextPage } from '../support/next-page';
import { listAll } from '../support/pages';
import { type StubWorld, startStubWorld } from '../support/stub-world';

/** Pages of a registry that is larger than a page, and that changes while it is read. */
describe('pages', () => {
  let here: StubWorld;
  const COUNT = 2100;
  const id = (index: number) => `f${String(index).padStart(4, '0')}`;
  beforeAll(async () => {
    const flavors = Array.from({ length: COUNT }, (_, index) => ({
      ...{ id: id(index), name: `n${index}`, ram: 1 + (index % 7), vcpus: 1, disk: 1 },
      // Of the hidden ones there is a stretch that is longer than any page.
      ...(index >= 300 && index < 1600 ? { is_public: false, projects: [] } : {}),
    }));
    here = await startStubWorld({ FLAVOR_TTL_SECONDS: '3600' }, { flavors });
    for (let from = 0; from < COUNT; from += 700) {
      const some = Array.from({ length: Math.min(700, COUNT - from) }, (_, index) => id(from + index));
      await here.world.as('admin').post(`/RegisteredFlavors/redis/${some.join()}`).expect(201);
    }
  });
  afterAll(() => here.world.close());

  it('hold up to 1,000 flavors, and less where less is asked for', async () => {
    const { flavors, pages } = await listAll(here.world, 'admin');
    expect([flavors.length, new Set(flavors.map((each) => each.id)).size, pages]).toEqual([COUNT, COUNT, 3]);
    const small = await listAll(here.world, 'admin', '?limit=300&min_ram=7');
    expect([small.flavors.length, small.pages]).toEqual([300, 1]);
  });

  it('are as full for who sees less: what is hidden leaves no gap', async () => {
    const first = await here.world.as('member').get('/RegisteredFlavors?limit=400').expect(200);
    expect([listed(first).length, listed(first).at(-1)?.id]).toEqual([400, id(1699)]);
    const all = await listAll(here.world, 'member', '?limit=400');
    expect([all.flavors.length, all.pages]).toEqual([800, 2]);
  });

  it('skip and repeat nothing of what stays, whatever comes and goes meanwhile', async () => {
    const seen: string[] = [];
    let round = 0;
    for (let next: string | undefined = '/RegisteredFlavors?limit=97'; next !== undefined; round += 1) {
      const answer: Response = await here.world.as('admin').get(next).expect(200);
      seen.push(...hydrated(answer).map(({ flavor_id: each }) => each));
      next = nextPage(next, answer.body);
      const odd = Array.from({ length: 20 }, (_, index) =>
        id(2 * ((round * 37 + index * 53) % (COUNT / 2)) + 1),
      ).join();
      const away = round % 2 === 0;
      await here.world.as('admin')[away ? 'delete' : 'post'](`/RegisteredFlavors/redis/${odd}`);
      const marker = seen.at(-1);
      if (round % 5 === 0) await here.world.as('admin').delete(`/RegisteredFlavors/redis/${marker}`).expect(200);
      if (round % 5 === 0) await here.world.as('admin').post(`/RegisteredFlavors/redis/${marker}`).expect(201);
    }
    const evens = Array.from({ length: COUNT / 2 }, (_, index) => id(2 * index));
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen.filter((each) => Number(each.slice(1)) % 2 === 0)).toEqual(evens);
  });

  it.each([
    ['limit=0', 'The query parameter limit must be at least 1.'],
    ['limit=1001', 'The query parameter limit must be at most 1000.'],
    ['limit=many', 'The query parameter limit must be one whole number.'],
    ['limit=', 'The query parameter limit must not be empty.'],
    ['limit=0x10', 'The query parameter limit must be one whole number.'],
    ['limit=%201', 'The query parameter limit must be one whole number.'],
    ['limit=1e309', 'The query parameter limit must be one whole number.'], // infinite, and so past every maximum
    ['limit=1&min_ram=1e3', 'The query parameter min_ram must be one whole number.'],
    ['limit=1&limit=2', 'The query parameter limit must be one whole number.'],
    ['marker=a%2Fb', 'The query parameter marker must be a flavor ID. A flavor ID is 1 to 255 letters'],
    ['project_id=a%20b', 'The query parameter project_id must be an ID of Keystone: 1 to 64 letters'],
    ['status=lost', 'Item 1 of status is "lost". A status is one of available, missing, changed.'],
    ['status=missing,', 'Item 2 of status is empty.'],
    ['hydrate=maybe', 'The query parameter hydrate must be true or false, once.'],
    ['flavor_ids=a,,b', 'Item 2 of flavor_ids is empty.'],
  ])('are refused when asked for as ?%s, and it is said what would be right', async (query, detail) => {
    const { status, body } = await here.world.as('member').get(`/RegisteredFlavors?${query}`);
    expect([status, body.errors[0].detail]).toEqual([400, expect.stringContaining(detail)]);
  });
});
