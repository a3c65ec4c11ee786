import { listed, pairs, refusal } from '../support/expectations';
import type { World } from '../support/world';

/** Stories of an operator who registers long lists, or whatever is like this. */
export function registeringByBody(world: () => World): void {
  const post = (body: object, query = '') => world().as('admin').post(`/RegisteredFlavors${query}`).send(body);
  const registeredFor = async (type: string) =>
    listed(await world().as('admin').get(`/RegisteredFlavors/${type}`)).map(({ id }) => id);

  describe('POST /RegisteredFlavors', () => {
    it('registers the flavors of a list, as the lists of a URL do', async () => {
      const types = [world().newServiceType('redis'), world().newServiceType('mysql')];
      const ids = [await world().createFlavor(), await world().createFlavor()];
      const body = { service_types: [...types, types[0]], flavor_ids: [...ids, ids[1]] };

      const preview = await post(body, '?dry_run=true').expect(201);
      expect(await registeredFor(types.join())).toEqual([]);
      expect((await post(body).expect(201)).body).toEqual({ registered: pairs(types, ids), already_registered: [] });
      expect(preview.body.registered).toEqual(pairs(types, ids));
      expect((await post(body).expect(200)).body).toEqual({ registered: [], already_registered: pairs(types, ids) });
    });

    it('registers what the selector fits in Nova at this moment, private flavors too', async () => {
      const type = world().newServiceType();
      const tag = type.slice(-8);
      const spec = (policy: string) => ({ 'hw:cpu_policy': policy, plain: 'a:b' });
      const make = (name: string, but = {}) => world().createFlavor({ name: `${tag}.${name}`, vcpus: 4, ...but });
      const dedicated = await make('dedicated', { extraSpecs: spec('dedicated') });
      const hidden = await make('hidden', { extraSpecs: spec('dedicated'), isPublic: false });
      await make('shared', { extraSpecs: spec('shared') });
      await make('small', { extraSpecs: spec('dedicated'), vcpus: 1 });
      const selector = { name: `${tag}.*`, extra_specs: { 'hw:cpu_policy': 'ded*', plain: 'a:b' }, min_vcpus: 2 };

      const { body } = await post({ service_types: [type], selector }).expect(201);
      expect(body).toEqual({ registered: pairs([type], [dedicated, hidden]), already_registered: [] });
      const narrower = { service_types: [type], selector: { ...selector, is_public: true } };
      expect((await post(narrower).expect(200)).body.already_registered).toEqual(pairs([type], [dedicated]));
      const apart = { service_types: [type], selector: { ...selector, extra_specs: { 'plain:a': 'b' } } };
      expect(refusal(await post(apart))).toEqual({ status: 400, codes: ['registered-flavors.selector.no_match'] });
    });

    it('is what is read at once, also where something else was known before', async () => {
      const type = world().newServiceType();
      const id = await world().createFlavor({ name: type, ram: 1024 });
      await world().as('admin').post(`/RegisteredFlavors/${type}/${id}`).expect(201);
      await world().deleteFlavor(id);
      await world().as('admin').get(`/RegisteredFlavors/${type}`).expect(200);
      await world().createFlavor({ id, name: type, ram: 2048 });

      await post({ service_types: [type], selector: { name: type } }).expect(200);
      expect(listed(await world().as('admin').get(`/RegisteredFlavors/${type}`))).toEqual([
        { id, types: [type], status: 'available' },
      ]);
    });

    it('names each flavor that Nova does not have, and registers nothing', async () => {
      const type = world().newServiceType();
      const answer = await post({
        service_types: [type],
        flavor_ids: ['no-such', await world().createFlavor(), 'nor'],
      });
      expect(refusal(answer)).toEqual({
        status: 400,
        codes: ['registered-flavors.flavor.unknown', 'registered-flavors.flavor.unknown'],
      });
      expect(await registeredFor(type)).toEqual([]);
    });

    it('is for admins only', async () => {
      const body = { service_types: ['redis'], flavor_ids: ['1'] };
      expect(refusal(await world().as('member').post('/RegisteredFlavors').send(body))).toEqual({
        status: 403,
        codes: ['registered-flavors.role.required'],
      });
    });

    const NEITHER = 'The body must have service_types, and either flavor_ids or selector.';
    it.each([
      [
        { service_types: ['r'], flavour_ids: ['1'] },
        'has an attribute "flavour_ids" that is not known here. Did you mean "flavor_ids"?',
      ],
      [
        { service_types: ['r'], selector: { minram: 1 } },
        `The body's selector has an attribute "minram" that is not known here. Did you mean "min_ram"?`,
      ],
      [{ service_types: ['r'] }, NEITHER],
      [{ service_types: ['r'], flavor_ids: ['1'], selector: { name: 'a' } }, NEITHER],
      [{ service_types: ['r'], selector: {} }, "The body's selector must not be empty."],
      [{ service_types: ['r'], selector: { extra_specs: {} } }, "The body's selector.extra_specs must not be empty."],
      [{ service_types: ['r'], selector: { min_ram: '1' } }, "The body's selector.min_ram must be an integer."],
      [{ service_types: ['r'], selector: { min_ram: -1 } }, "The body's selector.min_ram must be at least 0."],
      [
        { service_types: ['r'], selector: { is_public: 'yes' } },
        "The body's selector.is_public must be true or false.",
      ],
      [{ service_types: ['r'], selector: { name: '' } }, "The body's selector.name must not be empty."],
      [
        { service_types: ['r'], selector: { name: 'x'.repeat(256) } },
        "The body's selector.name must have up to 255 characters.",
      ],
      [{ service_types: [], flavor_ids: ['1'] }, "The body's service_types must not be empty."],
      [{ service_types: 'redis', flavor_ids: ['1'] }, "The body's service_types must be an array."],
      [{ service_types: ['r'], flavor_ids: [1] }, 'Item 1 of flavor_ids is 1, and has to be a string: "1".'],
      [{ service_types: ['R'], flavor_ids: ['1'] }, 'Item 1 of service_types is "R". A service type is'],
      [{ service_types: ['r'], flavor_ids: ['1', ''] }, 'Item 2 of flavor_ids is empty. A flavor ID is'],
    ])('says what is wrong with %j', async (body, detail) => {
      const answer = await post(body);
      expect([answer.status, answer.body.errors[0].detail]).toEqual([400, expect.stringContaining(detail)]);
    });
  });
}
