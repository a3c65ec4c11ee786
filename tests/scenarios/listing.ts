import { hydrated, listed, refusal } from '../support/expectations';
import { listAll } from '../support/pages';
import { untilWhole } from '../support/until-whole';
import type { Person, World } from '../support/world';

/** Stories of reads that go beyond one service type: everything, the registry alone, what has gone wrong. */
export function listing(world: () => World): void {
  const ids = async (path: string, person: Person = 'member') =>
    listed(await world().as(person).get(path).expect(200)).map(({ id }) => id);

  describe('all that is registered', () => {
    it('comes in pages: each flavor once, with all of its types, in byte order', async () => {
      const [type, other] = [world().newServiceType(), world().newServiceType('mysql')];
      const shared = await world().createFlavor();
      const open = await world().createFlavor();
      const closed = await world().createFlavor({ isPublic: false });
      await world().as('admin').post(`/RegisteredFlavors/${type},${other}/${shared}`).expect(201);
      await world().as('admin').post(`/RegisteredFlavors/${other}/${open},${closed}`).expect(201);

      const toAdmin = await listAll(world(), 'admin', '?limit=2');
      const toMember = await listAll(world(), 'member', '?limit=2');
      const ours = [shared, open, closed];
      const expected = [
        { id: shared, types: [type, other].sort(), status: 'available' },
        { id: open, types: [other], status: 'available' },
        { id: closed, types: [other], status: 'available' },
      ];

      const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
      expect(toAdmin.flavors).toEqual(toAdmin.flavors.toSorted(byId));
      expect(toAdmin.flavors.filter(({ id }) => ours.includes(id))).toEqual(expected.toSorted(byId));
      expect(toMember.flavors.filter(({ id }) => ours.includes(id))).toEqual(expected.slice(0, 2).sort(byId));
      expect((await listAll(world(), 'member')).flavors).toEqual(toMember.flavors);
    });

    it('tells which service types a flavor is registered for', async () => {
      const types = [world().newServiceType(), world().newServiceType('mysql')].sort();
      const [id, unregistered] = [await world().createFlavor(), await world().createFlavor()];
      await world().as('admin').post(`/RegisteredFlavors/${types.join()}/${id}`).expect(201);

      const answer = await world().as('member').get(`/RegisteredFlavors?flavor_ids=${id},${unregistered},no-such`);
      expect(listed(answer)).toEqual([{ id, types, status: 'available' }]);
      expect(answer.body.links).toEqual([
        { rel: 'self', href: `RegisteredFlavors?flavor_ids=${[id, unregistered, 'no-such'].sort().join()}&limit=1000` },
      ]);
      const etag = String(answer.headers['etag']);
      await world()
        .as('member')
        .get(`/RegisteredFlavors?flavor_ids=no-such,${id},${unregistered}`)
        .set('If-None-Match', etag)
        .expect(304);
    });

    it('goes on behind a flavor that has been deregistered meanwhile', async () => {
      const type = world().newServiceType();
      const made = [await world().createFlavor(), await world().createFlavor(), await world().createFlavor()].sort();
      const [first = '', second = '', third = ''] = made;
      await world().as('admin').post(`/RegisteredFlavors/${type}/${made.join()}`).expect(201);
      const query = `flavor_ids=${made.join()}&limit=2`;
      const page = await world().as('member').get(`/RegisteredFlavors?${query}`);

      expect(listed(page).map(({ id }) => id)).toEqual([first, second]);
      await world().as('admin').delete(`/RegisteredFlavors/${type}/${first},${second}`).expect(200);
      expect(await ids(`/${page.body.links[1].href}`)).toEqual([third]);
    });
  });

  describe('the registry alone', () => {
    it('is read without what Nova says, and shows to each what they may see', async () => {
      const type = world().newServiceType();
      const open = await world().createFlavor();
      const closed = await world().createFlavor({ isPublic: false });
      await world().as('admin').post(`/RegisteredFlavors/${type}/${open},${closed}`).expect(201);
      const plain = (id: string) => ({ flavor_id: id, service_types: [type] });
      const read = async (path: string, person: Person) =>
        (await world().as(person).get(`/RegisteredFlavors${path}hydrate=false`).expect(200)).body.registered_flavors;
      const both = [open, closed].sort();

      for (const path of [`/${type}?`, `/${type}/${both.join()}?`, `?flavor_ids=${both.join()}&`]) {
        expect(await read(path, 'admin')).toEqual(both.map(plain));
        expect(await read(path, 'member')).toEqual([plain(open)]);
      }
      await world().as('member').get(`/RegisteredFlavors/${type}/${closed}?hydrate=false`).expect(404);
    });

    it('does not go with what only Nova can tell', async () => {
      const conflict = { status: 400, codes: ['registered-flavors.query.conflict'] };
      for (const query of ['status=missing', 'name=a*', 'min_vcpus=0', 'extra_spec=a:b', 'is_public=true']) {
        for (const path of ['/RegisteredFlavors', '/RegisteredFlavors/redis', '/RegisteredFlavors/redis/1']) {
          expect(refusal(await world().as('admin').get(`${path}?hydrate=false&${query}`))).toEqual(conflict);
        }
      }
    });

    it('is there for admins while Nova is away', async () => {
      const type = world().newServiceType();
      const id = await world().createFlavor();
      await world().as('admin').post(`/RegisteredFlavors/${type}/${id}`).expect(201);

      await world().cloud.stopNova();
      try {
        for (const path of [
          `/${type}?hydrate=false`,
          `/${type}/${id}?hydrate=false`,
          `?hydrate=false&flavor_ids=${id}`,
        ]) {
          const answer = await world().as('admin').get(`/RegisteredFlavors${path}`).expect(200);
          expect(answer.body.registered_flavors).toEqual([{ flavor_id: id, service_types: [type] }]);
        }
        const types = await world().as('admin').get('/ServiceTypes').expect(200);
        expect(types.body.service_types).toContainEqual(expect.objectContaining({ name: type, flavor_count: 1 }));
      } finally {
        await world().cloud.startNova();
      }
      await untilWhole(world().service.url);
    });
  });

  describe('a flavor that has become another one', () => {
    it('shows as changed until it is registered again, for any of its types', async () => {
      const types = [world().newServiceType(), world().newServiceType('mysql')].sort();
      const [id, same] = [await world().createFlavor({ ram: 2048 }), await world().createFlavor()];
      await world().as('admin').post(`/RegisteredFlavors/${types.join()}/${id},${same}`).expect(201);
      const status = async (person: Person, query = '') =>
        listed(await world().as(person).get(`/RegisteredFlavors/${types.join()}${query}`).expect(200))
          .filter((each) => each.id === id)
          .map((each) => each.status);

      await world().deleteFlavor(id);
      expect([await status('member'), await status('admin')]).toEqual([[], ['missing']]);
      await world().createFlavor({ id, ram: 4096, name: `another ${id}` });

      expect([await status('member'), await status('admin')]).toEqual([['changed'], ['changed']]);
      const wrong = await world().as('admin').get(`/RegisteredFlavors?status=missing,changed&flavor_ids=${id},${same}`);
      expect(hydrated(wrong)).toEqual([
        expect.objectContaining({
          flavor_id: id,
          flavor: expect.objectContaining({ ram: 4096, name: `another ${id}` }),
          registered_as: {
            name: expect.not.stringContaining('another'),
            size: { ram: 2048, vcpus: 2, disk: 20, ephemeral: 0, swap: 0 },
            is_public: true,
          },
        }),
      ]);
      const [toMember] = hydrated(await world().as('member').get(`/RegisteredFlavors/${types.join()}/${id}`));
      expect(Object.keys(toMember ?? {})).toEqual(['flavor_id', 'service_types', 'status', 'flavor']);
      expect([await status('member', '?status=available'), await status('member', '?status=changed')]).toEqual([
        [],
        ['changed'],
      ]);

      await world().as('admin').post(`/RegisteredFlavors/${types[0]}/${id}`).expect(200);
      expect([await status('member'), await status('admin')]).toEqual([['available'], ['available']]);
    });

    it('is still the same one under another name', async () => {
      const type = world().newServiceType();
      const id = await world().createFlavor();
      await world().as('admin').post(`/RegisteredFlavors/${type}/${id}`).expect(201);
      await world().deleteFlavor(id);
      await world().createFlavor({ id, name: `renamed ${id}`, extraSpecs: { 'hw:cpu_policy': 'dedicated' } });

      expect(listed(await world().as('member').get(`/RegisteredFlavors/${type}`))[0]?.status).toBe('available');
    });
  });

  describe('the service types in use', () => {
    it('are named to whoever may see one of their flavors, and counted for admins', async () => {
      const [open, closed, unused] = [
        world().newServiceType(),
        world().newServiceType('mysql'),
        world().newServiceType('kafka'),
      ];
      const [a, b] = [await world().createFlavor(), await world().createFlavor({ isPublic: false })];
      await world().grantAccess(b, 'member');
      await world().as('admin').post(`/RegisteredFlavors/${open}/${a},${b}`).expect(201);
      await world().as('admin').post(`/RegisteredFlavors/${closed},${unused}/${b}`).expect(201);
      await world().as('admin').delete(`/RegisteredFlavors/${unused}/${b}`).expect(200);
      const ours = [open, closed, unused];
      const shown = async (person: Person, query = '') => {
        const answer = await world().as(person).get(`/ServiceTypes${query}`).expect(200);
        return (answer.body.service_types as { name: string }[]).filter(({ name }) => ours.includes(name));
      };
      const names = (...of: string[]) => of.sort().map((name) => ({ name }));

      expect(await shown('member')).toEqual(names(open, closed));
      expect(await shown('other')).toEqual(names(open));
      const other = await world().cloud.client.projectIdOf(world().tokens.other);
      expect(await shown('admin', `?project_id=${other}`)).toEqual(names(open));
      const updated_at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(await shown('admin')).toEqual(
        [
          { name: open, flavor_count: 2, updated_at },
          { name: closed, flavor_count: 1, updated_at },
        ].sort((x, y) => (x.name < y.name ? -1 : 1)),
      );
    });
  });
}
