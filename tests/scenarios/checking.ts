import { listed, refusal } from '../support/expectations';
import type { Person, World } from '../support/world';

/** Stories of reads that want less than everything that is registered for a type. */
export function checking(world: () => World): void {
  const ids = async (path: string, person: Person = 'member') =>
    listed(await world().as(person).get(`/RegisteredFlavors/${path}`).expect(200)).map(({ id }) => id);

  describe('whether a flavor may be used for a service type', () => {
    it('is answered with those that are registered, and 404 when none is; HEAD does', async () => {
      const [type, other] = [world().newServiceType(), world().newServiceType('mysql')];
      const [registered, elsewhere, unregistered] = [
        await world().createFlavor(),
        await world().createFlavor(),
        await world().createFlavor(),
      ];
      await world().as('admin').post(`/RegisteredFlavors/${type}/${registered}`).expect(201);
      await world().as('admin').post(`/RegisteredFlavors/${other}/${elsewhere}`).expect(201);
      const none = { status: 404, codes: ['registered-flavors.registration.not_found'] };

      expect(await ids(`${type}/${registered}`)).toEqual([registered]);
      expect(await ids(`${type}/${registered},${elsewhere},${unregistered},no-such`)).toEqual([registered]);
      expect(await ids(`${type},${other}/${registered},${elsewhere}`)).toEqual([registered, elsewhere].sort());
      for (const id of [elsewhere, unregistered, 'no-such']) {
        const path = `/RegisteredFlavors/${type}/${id}`;
        expect(refusal(await world().as('member').get(path))).toEqual(none);
        await world().as('member').head(path).expect(404);
      }
      const yes = await world().as('member').head(`/RegisteredFlavors/${type}/${registered}`).expect(200);
      expect([yes.text, typeof yes.headers['etag']]).toEqual([undefined, 'string']);
      const etag = String(yes.headers['etag']);
      await world().as('member').get(`/RegisteredFlavors/${type}/${registered}`).set('If-None-Match', etag).expect(304);
    });

    it('is no for what the caller may not see, and yes as a project that may', async () => {
      const type = world().newServiceType();
      const closed = await world().createFlavor({ isPublic: false });
      await world().grantAccess(closed, 'member');
      await world().as('admin').post(`/RegisteredFlavors/${type}/${closed}`).expect(201);
      const path = `/RegisteredFlavors/${type}/${closed}`;
      const other = await world().cloud.client.projectIdOf(world().tokens.other);
      const member = await world().cloud.client.projectIdOf(world().tokens.member);

      await world().as('member').get(path).expect(200);
      await world().as('other').get(path).expect(404);
      await world().as('admin').get(`${path}?project_id=${other}`).expect(404);
      await world().as('admin').get(`${path}?project_id=${member}`).expect(200);
    });
  });

  describe('a read of some of the flavors', () => {
    it('names them by id, or by what Nova says of them', async () => {
      const type = world().newServiceType();
      const small = await world().createFlavor({
        name: `${type}.small`,
        vcpus: 1,
        ram: 1024,
        disk: 10,
        extraSpecs: { 'hw:cpu_policy': 'dedicated' },
      });
      const large = await world().createFlavor({ name: `${type}.large`, vcpus: 8, ram: 16_384, disk: 80 });
      const closed = await world().createFlavor({ name: `${type}.closed`, vcpus: 8, ram: 1024, isPublic: false });
      await world().as('admin').post(`/RegisteredFlavors/${type}/${small},${large},${closed}`).expect(201);
      const all = [small, large, closed];
      const cases: [string, string[]][] = [
        [`flavor_ids=${large}`, [large]],
        [`flavor_ids=${large},${small},${large},no-such`, [large, small]],
        [`name=${type}.*`, all],
        [`name=${type}.%3Fmall`, [small]],
        ['name=small', []],
        ['min_vcpus=8', [large, closed]],
        ['min_vcpus=8&min_ram=2048', [large]],
        ['min_disk=81', []],
        ['is_public=false', [closed]],
        ['is_public=true&min_vcpus=2', [large]],
        ['extra_spec=no:such', []],
        ['extra_spec=hw:cpu_policy:ded*', [small]],
        ['extra_spec=hw:cpu_policy:*&extra_spec=hw:cpu_policy:shared', []],
        [`flavor_ids=${small},${closed}&is_public=true`, [small]],
      ];

      for (const [query, expected] of cases) {
        expect([query, await ids(`${type}?${query}`, 'admin')]).toEqual([query, [...expected].sort()]);
      }
      expect(await ids(`${type}/${all.join()}?min_vcpus=8`, 'admin')).toEqual([large, closed].sort());
      expect(refusal(await world().as('admin').get(`/RegisteredFlavors/${type}/${small}?min_vcpus=8`)).status).toBe(
        404,
      );
    });

    it('takes the flavors that stand in its path and in flavor_ids, when both name some', async () => {
      const type = world().newServiceType();
      const [one, two, three] = [
        await world().createFlavor(),
        await world().createFlavor(),
        await world().createFlavor(),
      ];
      await world().as('admin').post(`/RegisteredFlavors/${type}/${one},${two},${three}`).expect(201);
      const path = `/RegisteredFlavors/${type}/${one},${two},no-such`;

      expect(await ids(`${type}/${one},${two},no-such?flavor_ids=${two},${three},no-such,${two}`)).toEqual([two]);
      expect(await ids(`${type}/${one},${two}?flavor_ids=${two},${one}&min_vcpus=0`)).toEqual([one, two].sort());
      for (const none of [three, 'no-such']) {
        await world().as('member').head(`${path}?flavor_ids=${none}`).expect(404);
        expect(refusal(await world().as('member').get(`${path}?flavor_ids=${none}`))).toEqual({
          ...{ status: 404, codes: ['registered-flavors.registration.not_found'] },
        });
      }
      const alone = await world().as('member').get(`/RegisteredFlavors/${type}/${two}`).expect(200);
      const etag = String(alone.headers['etag']);
      const narrowed = () => world().as('member').get(`${path}?flavor_ids=${two}`).set('If-None-Match', etag);
      await narrowed().expect(304);
      await narrowed().expect(304);
      await world().as('member').get(`${path}?flavor_ids=${one}`).set('If-None-Match', etag).expect(200);
      expect((await world().as('member').get(`${path}?flavor_ids=${two}&hydrate=false`)).body).toEqual({
        registered_flavors: [{ flavor_id: two, service_types: [type] }],
      });
    });

    it('leaves out what Nova has lost when something is wanted of it', async () => {
      const type = world().newServiceType();
      const lost = await world().createFlavor();
      await world().as('admin').post(`/RegisteredFlavors/${type}/${lost}`).expect(201);
      await world().deleteFlavor(lost);

      expect(await ids(type, 'admin')).toEqual([lost]);
      expect(await ids(`${type}?flavor_ids=${lost}`, 'admin')).toEqual([lost]);
      expect(await ids(`${type}?min_vcpus=0`, 'admin')).toEqual([]);
    });
  });
}
