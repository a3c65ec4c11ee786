import fc from 'fast-check';
import type { Response } from 'supertest';
import type { StubFlavor } from '../../src/stub/stub-flavors';
import { listed } from '../support/expectations';
import { nextPage } from '../support/next-page';
import { startStubWorld, type StubWorld } from '../support/stub-world';

/**
 * For every caller the available flavors are exactly: registered, and in Nova's own list for that caller. What Nova's
 * list shows is asked of the stub, which answers as the recordings of a real Nova do.
 */
describe('visibility', () => {
  let here: StubWorld;
  const projects = ['demo', 'other', 'service', 'elsewhere'];
  const people: Record<string, { project: string; roles: string[] }> = Object.fromEntries(
    projects.flatMap((project) =>
      [['reader'], ['member'], ['service'], ['admin'], ['member', 'service']].map((roles) => [
        `${roles.join('-')}-of-${project}`,
        { project, roles },
      ]),
    ),
  );
  const names = Object.keys(people);

  beforeAll(async () => {
    here = await startStubWorld({}, { flavors: [] });
    for (const [name, { project, roles }] of Object.entries(people)) here.stub.keystone.addUser(name, project, roles);
  });
  afterAll(() => here.world.close());

  const flavor = fc.record({
    is_public: fc.boolean(),
    is_disabled: fc.boolean(),
    projects: fc.subarray(projects),
    isRegistered: fc.boolean(),
    isLost: fc.boolean(),
  });

  it('is exactly Nova’s own, whatever the flavors, access lists, roles and projects', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(flavor, { maxLength: 12 }),
        fc.subarray(names, { minLength: 1, maxLength: 4 }),
        async (specs, callers) => {
          run += 1;
          const type = `type-${run}`;
          const { keystone, nova } = here.stub;
          const flavors = specs.map((spec, index) => ({ ...spec, id: `f-${run}-${index}` }));
          for (const { id, is_public, is_disabled, projects: open } of flavors) {
            const access = { projects: open.map((project) => keystone.projectId(project)) };
            const made: StubFlavor = { id, name: id, ram: 1, vcpus: 1, disk: 1, is_public, is_disabled };
            nova.add(is_public ? made : { ...made, ...access });
          }
          const registered = flavors.filter(({ isRegistered }) => isRegistered).map(({ id }) => id);
          if (registered.length > 0) {
            await here.world.as('admin').post(`/RegisteredFlavors/${type}/${registered.join()}`).expect(201);
          }
          for (const { id, isLost } of flavors) if (isLost) nova.remove(id);
          const lost = flavors.filter(({ id, isLost }) => isLost && registered.includes(id)).map(({ id }) => id);

          for (const name of callers) {
            const token = keystone.tokenFor(name);
            const isAdmin = people[name]?.roles.includes('admin') === true;
            const answer = await here.world.anonymous.get(`/RegisteredFlavors/${type}`).set('X-Auth-Token', token);
            const seen = listed(answer);
            const inNova = await here.world.cloud.client.listFlavors(token, isAdmin);
            const idsWith = (status: string) => seen.filter((each) => each.status === status).map(({ id }) => id);
            expect({ name, available: idsWith('available'), missing: idsWith('missing') }).toEqual({
              name,
              available: registered.filter((id) => inNova.includes(id)).sort(),
              missing: isAdmin ? [...lost].sort() : [],
            });
            await holdNarrowed(type, [...flavors.map(({ id }) => id), 'no-such'], token, seen);
          }
          for (const { id, isLost } of flavors) if (!isLost) nova.remove(id);
        },
      ),
      { numRuns: 60 },
    );
  });

  /** Every other read shows of these flavors just what the list of their type shows. */
  async function holdNarrowed(
    type: string,
    ids: string[],
    token: string,
    seen: ReturnType<typeof listed>,
  ): Promise<void> {
    const ask = (path: string) => here.world.anonymous.get(path).set('X-Auth-Token', token);
    const check = await ask(`/RegisteredFlavors/${type}/${ids.join()}`);
    const byId = await ask(`/RegisteredFlavors/${type}?flavor_ids=${ids.join()}`);
    expect([check.status, check.status === 404 ? [] : listed(check)]).toEqual([seen.length === 0 ? 404 : 200, seen]);
    expect(listed(byId)).toEqual(seen);
    const all = await ask(`/RegisteredFlavors?flavor_ids=${ids.join()}`);
    expect(listed(all)).toEqual(seen);
    await holdPages(ids, seen, (query) => ask(`/RegisteredFlavors?flavor_ids=${ids.join()}&${query}`));
    const alone = seen.map(({ id, types }) => ({ flavor_id: id, service_types: types }));
    for (const path of [`/${type}?`, `?flavor_ids=${ids.join()}&`]) {
      const answer = await ask(`/RegisteredFlavors${path}hydrate=false`);
      expect(answer.body.registered_flavors).toEqual(alone);
    }
    const wrong = await ask(`/RegisteredFlavors/${type}?status=missing,changed`);
    expect(listed(wrong)).toEqual(seen.filter(({ status }) => status !== 'available'));
    const { service_types: inUse } = (await ask('/ServiceTypes')).body as { service_types: { name: string }[] };
    expect(inUse.some(({ name }) => name === type)).toBe(seen.length > 0);
  }

  /** Pages show the same together, are full but for the last, and name in their links nothing that they do not show. */
  async function holdPages(
    ids: string[],
    seen: ReturnType<typeof listed>,
    ask: (query: string) => Promise<Response>,
  ): Promise<void> {
    const limit = 2;
    const pages: ReturnType<typeof listed>[] = [];
    for (let marker: string | undefined = ''; marker !== undefined;) {
      const answer = await ask(`limit=${limit}${marker === '' ? '' : `&marker=${marker}`}`);
      pages.push(listed(answer));
      const next = nextPage('/RegisteredFlavors', answer.body);
      marker = next === undefined ? undefined : (new URL(next, 'http://service').searchParams.get('marker') ?? '');
      const named = ids.filter((id) => marker === id);
      expect(named).toEqual(marker === undefined ? [] : [pages.at(-1)?.at(-1)?.id]);
    }
    expect(pages.flat()).toEqual(seen);
    expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
    expect(pages.at(-1)?.length === 0).toBe(seen.length === 0);
  }
});
