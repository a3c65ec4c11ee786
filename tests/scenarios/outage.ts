import { listed, refusal } from '../support/expectations';
import { untilWhole } from '../support/until-whole';
import type { Person, World } from '../support/world';

/** Every read asks Nova, and makes do with what it said before when it is away. */
export const MAKES_DO = {
  FLAVOR_TTL_SECONDS: '0',
  FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: '0',
  FLAVOR_MAX_STALE_SECONDS: '3600',
};

const EVERYBODY: readonly Person[] = ['admin', 'member', 'other'];

/** The story of an outage of Nova, in a world of its own that is started with {@link MAKES_DO}. */
export function outage(world: () => World): void {
  describe('an outage of Nova', () => {
    it('does not end the reading, nor does a restart in the middle of it; and it ends by itself', async () => {
      const type = world().newServiceType();
      const path = `/RegisteredFlavors/${type}`;
      const [open, closed] = [await world().createFlavor(), await world().createFlavor({ isPublic: false })];
      const lost = await world().createFlavor();
      await world().grantAccess(closed, 'member');
      await world().as('admin').post(`${path},${type}-2/${open},${closed},${lost}`).expect(201);
      await world().deleteFlavor(lost);
      const read = (person: Person) => world().as(person).get(path);
      const seen = async () => Promise.all(EVERYBODY.map(async (person) => listed(await read(person).expect(200))));
      const before = await seen();
      expect(before.map((flavors) => flavors.map(({ id }) => id))).toEqual([
        [open, closed, lost].sort(),
        [open, closed].sort(),
        [open],
      ]);

      await world().cloud.stopNova();
      try {
        const away = { status: 503, codes: ['registered-flavors.nova.unavailable'] };
        expect(await seen()).toEqual(before);
        expect((await read('member')).headers['cache-status']).toMatch(/hit; ttl=-\d+/);
        expect(refusal(await world().as('admin').post(`${path}/${open}`))).toEqual(away);
        expect((await world().anonymous.get('/readiness').expect(200)).body).toEqual({ degraded: ['nova'] });

        await world().service.restart();
        expect(await seen()).toEqual(before);
        expect((await read('member')).headers['cache-status']).toMatch(/hit; ttl=-\d+/);
        expect(refusal(await world().as('admin').post(`${path}/${open}`))).toEqual(away);
        await world().as('admin').delete(`${path}-2/${open}`).expect(200);
      } finally {
        await world().cloud.startNova();
      }
      await untilWhole(world().service.url);

      await world().revokeAccess(closed, 'member');
      const back = await read('member').expect(200);
      expect([back.headers['cache-status'], listed(back).map(({ id }) => id)]).toEqual([
        'registered-flavors; fwd=stale',
        [open],
      ]);
      await world().as('admin').post(`${path}/${open}`).expect(200);
    });
  });
}
