import { listed, pairs, refusal } from '../support/expectations';
import type { World } from '../support/world';

/** Stories of an operator who takes registrations back. */
export function deregistering(world: () => World): void {
  describe('DELETE /RegisteredFlavors/{serviceTypes}/{flavorIDs}', () => {
    it('removes what stands and tells it from what did not', async () => {
      const [redis, mysql] = [world().newServiceType('redis'), world().newServiceType('mysql')];
      const [one, two] = [await world().createFlavor(), await world().createFlavor()];
      await world().as('admin').post(`/RegisteredFlavors/${redis}/${one},${two}`).expect(201);

      const answer = await world().as('admin').delete(`/RegisteredFlavors/${redis},${mysql}/${one}`);

      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ deregistered: pairs([redis], [one]), not_registered: pairs([mysql], [one]) });
      expect(listed(await world().as('admin').get(`/RegisteredFlavors/${redis}`)).map(({ id }) => id)).toEqual([two]);
    });

    it('answers 404 when none was registered, naming up to ten pairs and the count', async () => {
      const type = world().newServiceType();
      const ids = Array.from({ length: 12 }, (_, index) => `gone-${String(index).padStart(2, '0')}`);

      const answer = await world().as('admin').delete(`/RegisteredFlavors/${type}/${ids.join()}`);

      expect(refusal(answer)).toEqual({ status: 404, codes: ['registered-flavors.registration.not_found'] });
      const { detail } = (answer.body as { errors: { detail: string }[] }).errors[0] ?? { detail: '' };
      expect([detail.match(/gone-\d\d/g)?.length, detail.includes('None of the 12 pairs')]).toEqual([10, true]);
    });

    it('works for a flavor that Nova has lost', async () => {
      const type = world().newServiceType();
      const lost = await world().createFlavor();
      await world().as('admin').post(`/RegisteredFlavors/${type}/${lost}`).expect(201);
      await world().deleteFlavor(lost);

      await world().as('admin').delete(`/RegisteredFlavors/${type}/${lost}`).expect(200);

      expect(listed(await world().as('admin').get(`/RegisteredFlavors/${type}`))).toEqual([]);
    });
  });
}
