import { listed, pairs, refusal } from '../support/expectations';
import type { World } from '../support/world';

/** Stories of an operator who registers flavors. */
export function registering(world: () => World): void {
  describe('POST /RegisteredFlavors/{serviceTypes}/{flavorIDs}', () => {
    it('registers every flavor for every type, and says 200 when all of it was there', async () => {
      const types = [world().newServiceType('redis'), world().newServiceType('mysql')];
      const ids = [await world().createFlavor(), await world().createFlavor()];
      const path = `/RegisteredFlavors/${types.join()}/${ids.join()}`;
      const all = pairs(types, ids);

      const first = await world().as('admin').post(path);
      expect(first.status).toBe(201);
      expect(first.body).toEqual({ registered: all, already_registered: [] });

      const second = await world().as('admin').post(path);
      expect(second.status).toBe(200);
      expect(second.body).toEqual({ registered: [], already_registered: all });
    });

    it('tells what is new from what was there', async () => {
      const type = world().newServiceType();
      const [there, added] = [await world().createFlavor(), await world().createFlavor()];
      await world().as('admin').post(`/RegisteredFlavors/${type}/${there}`).expect(201);

      const answer = await world().as('admin').post(`/RegisteredFlavors/${type}/${there},${added}`);

      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({ registered: pairs([type], [added]), already_registered: pairs([type], [there]) });
    });

    it('writes nothing when one of the flavors does not exist in Nova, and names each that does not', async () => {
      const type = world().newServiceType();
      const id = await world().createFlavor();

      const answer = await world().as('admin').post(`/RegisteredFlavors/${type}/no-such-one,${id},no-such-two`);

      expect(refusal(answer)).toEqual({
        status: 404,
        codes: ['registered-flavors.flavor.not_found', 'registered-flavors.flavor.not_found'],
      });
      const details = (answer.body as { errors: { detail: string }[] }).errors.map(({ detail }) => detail);
      expect(details.map((detail) => /no-such-\w+/.exec(detail)?.[0])).toEqual(['no-such-one', 'no-such-two']);
      expect(listed(await world().as('admin').get(`/RegisteredFlavors/${type}`))).toEqual([]);
    });

    it('takes ids as Nova has them: inner spaces, dots, case and leading zeros count', async () => {
      const type = world().newServiceType();
      const tag = type.slice(-6);
      const ids = [`Case ${tag}`, `case ${tag}`, `7-${tag}`, `007-${tag}`, `a..b-${tag}`, `__proto__-${tag}`];
      for (const id of ids) await world().createFlavor({ id, name: `name ${id}` });

      const answer = await world()
        .as('admin')
        .post(`/RegisteredFlavors/${type}/${ids.map(encodeURIComponent).join()}`);

      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({ registered: pairs([type], ids), already_registered: [] });
      const read = listed(await world().as('admin').get(`/RegisteredFlavors/${type}`));
      expect(read.map(({ id }) => id)).toEqual(pairs([type], ids).map(({ flavor_id }) => flavor_id));
    });

    it.each(['constructor', '__proto__', 'detail', '007007', 'MIXEDcase'])(
      'does not find the id %s where Nova has no such flavor',
      async (id) => {
        const answer = await world().as('admin').post(`/RegisteredFlavors/${world().newServiceType()}/${id}`);
        expect(refusal(answer)).toEqual({ status: 404, codes: ['registered-flavors.flavor.not_found'] });
      },
    );

    it('counts duplicates once and takes an encoded comma as a comma', async () => {
      const type = world().newServiceType();
      const [one, two] = [await world().createFlavor(), await world().createFlavor()];

      const answer = await world().as('admin').post(`/RegisteredFlavors/${type},${type}/${one}%2C${two},${one}`);

      expect(answer.body).toEqual({ registered: pairs([type], [one, two]), already_registered: [] });
    });

    it('registers private and disabled flavors, too', async () => {
      const type = world().newServiceType();
      const ids = [await world().createFlavor({ isPublic: false }), world().cloud.disabledFlavorId];
      const answer = await world().as('admin').post(`/RegisteredFlavors/${type}/${ids.join()}`);
      expect(answer.body).toEqual({ registered: pairs([type], ids), already_registered: [] });
    });

    it('is previewed with dry_run: the same answer, the same errors, and nothing is written', async () => {
      const type = world().newServiceType();
      const [id, other] = [await world().createFlavor(), await world().createFlavor()];
      const path = `/RegisteredFlavors/${type}/${id}`;
      const preview = await world().as('admin').post(`${path}?dry_run=true`).expect(201);
      expect(listed(await world().as('admin').get(`/RegisteredFlavors/${type}`))).toEqual([]);
      const real = await world().as('admin').post(`${path}?dry_run=false`).expect(201);
      expect(real.body).toEqual(preview.body);

      const unknown = await world().as('admin').post(`/RegisteredFlavors/${type}/no-such?dry_run=true`);
      expect(refusal(unknown)).toEqual({ status: 404, codes: ['registered-flavors.flavor.not_found'] });
      const mayNot = await world().as('member').post(`${path}?dry_run=true`);
      expect(refusal(mayNot)).toEqual({ status: 403, codes: ['registered-flavors.role.required'] });
      const removal = await world()
        .as('admin')
        .delete(`/RegisteredFlavors/${type}/${id},${other}?dry_run=true`)
        .expect(200);
      expect(listed(await world().as('admin').get(`/RegisteredFlavors/${type}`))).toHaveLength(1);
      expect((await world().as('admin').delete(`/RegisteredFlavors/${type}/${id},${other}`).expect(200)).body).toEqual(
        removal.body,
      );
      const none = await world().as('admin').delete(`${path}?dry_run=true`);
      expect(refusal(none)).toEqual({ status: 404, codes: ['registered-flavors.registration.not_found'] });
      const { body } = await world().as('admin').get(`/RegistrationEvents?service_types=${type}`);
      expect(body.registration_events).toHaveLength(2);
    });
  });
}
