import { hydrated, listed } from '../support/expectations';
import type { World } from '../support/world';

/** Stories of those who read which flavors are registered. */
export function reading(world: () => World): void {
  describe('GET /RegisteredFlavors/{serviceTypes}', () => {
    it('gives each flavor once, with those of the asked types it is registered for, in byte order', async () => {
      const [redis, mysql, other] = [
        world().newServiceType('redis'),
        world().newServiceType('mysql'),
        world().newServiceType(),
      ];
      const [a, b] = [await world().createFlavor(), await world().createFlavor()].sort() as [string, string];
      await world().as('admin').post(`/RegisteredFlavors/${redis},${mysql},${other}/${a}`).expect(201);
      await world().as('admin').post(`/RegisteredFlavors/${redis}/${b}`).expect(201);

      const answer = await world().as('member').get(`/RegisteredFlavors/${redis},${mysql}`);

      expect(answer.status).toBe(200);
      expect(listed(answer)).toEqual([
        { id: a, types: [mysql, redis], status: 'available' },
        { id: b, types: [redis], status: 'available' },
      ]);
    });

    it('gives the details just as Nova has them', async () => {
      const type = world().newServiceType();
      const id = await world().createFlavor({ extraSpecs: { 'hw:cpu_policy': 'dedicated', service_type: 'redis' } });
      const nova = await world().showFlavor(id);
      await world().as('admin').post(`/RegisteredFlavors/${type}/${id}`).expect(201);

      const answer = await world().as('reader').get(`/RegisteredFlavors/${type}`);

      const [registered] = hydrated(answer);
      expect(registered?.flavor).toEqual({
        id,
        name: nova['name'],
        description: nova['description'],
        ram: nova['ram'],
        vcpus: nova['vcpus'],
        disk: nova['disk'],
        ephemeral: nova['OS-FLV-EXT-DATA:ephemeral'],
        swap: nova['swap'],
        rxtx_factor: nova['rxtx_factor'],
        is_public: nova['os-flavor-access:is_public'],
        is_disabled: nova['OS-FLV-DISABLED:disabled'],
        extra_specs: { 'hw:cpu_policy': 'dedicated', service_type: 'redis' },
      });
    });

    it('takes nothing from a type that has nothing registered', async () => {
      const type = world().newServiceType();
      const id = await world().createFlavor();
      await world().as('admin').post(`/RegisteredFlavors/${type}/${id}`).expect(201);

      const both = await world().as('member').get(`/RegisteredFlavors/${type},${world().newServiceType()}`);
      const none = await world().as('member').get(`/RegisteredFlavors/${world().newServiceType()}`);

      expect(listed(both)).toEqual([{ id, types: [type], status: 'available' }]);
      expect([none.status, none.body]).toEqual([200, { registered_flavors: [] }]);
    });

    it('keeps a flavor that Nova has lost: missing for admins, invisible for others', async () => {
      const type = world().newServiceType();
      const [kept, lost] = [await world().createFlavor(), await world().createFlavor()];
      await world().as('admin').post(`/RegisteredFlavors/${type}/${kept},${lost}`).expect(201);

      await world().deleteFlavor(lost);

      const toAdmin = await world().as('admin').get(`/RegisteredFlavors/${type}`);
      expect(toAdmin.body.registered_flavors.find((each: { flavor_id: string }) => each.flavor_id === lost)).toEqual({
        flavor_id: lost,
        service_types: [type],
        status: 'missing',
        flavor: null,
        registered_as: expect.objectContaining({ name: lost, is_public: true }),
      });
      expect(listed(toAdmin)).toHaveLength(2);
      expect(listed(await world().as('member').get(`/RegisteredFlavors/${type}`)).map(({ id }) => id)).toEqual([kept]);
    });

    it('answers HEAD as GET, without the body', async () => {
      const type = world().newServiceType();
      const get = await world().as('member').get(`/RegisteredFlavors/${type}`);
      const head = await world().as('member').head(`/RegisteredFlavors/${type}`);
      expect([head.status, head.text, head.headers['content-length']]).toEqual([
        200,
        undefined,
        get.headers['content-length'],
      ]);
    });
  });
}
