import { listed, refusal } from '../support/expectations';
import { untilWhole } from '../support/until-whole';
import type { World } from '../support/world';

/** Stories of a Nova that has stopped. */
export function novaAway(world: () => World): void {
  describe('while Nova is away', () => {
    it('deregisters, is healthy, refuses the rest with 503, and is itself again when Nova is back', async () => {
      const [kept, removed] = [world().newServiceType(), world().newServiceType()];
      const id = await world().createFlavor();
      await world().as('admin').post(`/RegisteredFlavors/${kept},${removed}/${id}`).expect(201);
      const away = { status: 503, codes: ['registered-flavors.nova.unavailable'] };

      await world().cloud.stopNova();
      try {
        const read = await world().as('member').get(`/RegisteredFlavors/${kept}`);
        expect([refusal(read), Number(read.headers['retry-after']) > 0]).toEqual([away, true]);
        expect(refusal(await world().as('admin').post(`/RegisteredFlavors/${kept}/other`))).toEqual(away);
        await world().as('admin').delete(`/RegisteredFlavors/${removed}/${id}`).expect(200);
        await world().anonymous.get('/healthcheck').expect(200);
      } finally {
        await world().cloud.startNova();
      }
      await untilWhole(world().service.url);

      const back = await world().as('member').get(`/RegisteredFlavors/${kept},${removed}`);
      expect(listed(back)).toEqual([{ id, types: [kept], status: 'available' }]);
    });
  });
}
