import { listed, refusal } from '../support/expectations';
import type { Person, World } from '../support/world';

const everybody: readonly Person[] = ['admin', 'member', 'reader', 'other'];

/** Stories of who sees what: exactly those of the registered flavors that Nova's own list shows. */
export function seeing(world: () => World): void {
  describe('who sees which registered flavors', () => {
    const seenBy = async (person: Person, path: string) =>
      listed(await world().as(person).get(path).expect(200)).map(({ id }) => id);
    const byEverybody = async (see: (person: Person) => Promise<string[]>) =>
      Object.fromEntries(await Promise.all(everybody.map(async (person) => [person, (await see(person)).sort()])));

    it('is as in Nova’s own list, before and after access to a private flavor is granted and revoked', async () => {
      const type = world().newServiceType();
      const [open, closed] = [await world().createFlavor(), await world().createFlavor({ isPublic: false })];
      const registered = [open, closed, world().cloud.disabledFlavorId];
      await world().as('admin').post(`/RegisteredFlavors/${type}/${registered.join()}`).expect(201);
      const here = () => byEverybody((person) => seenBy(person, `/RegisteredFlavors/${type}`));
      const inNova = () =>
        byEverybody(async (person) => (await world().listFlavors(person)).filter((id) => registered.includes(id)));
      const all = [...registered].sort();

      expect(await here()).toEqual({ admin: all, member: [open], reader: [open], other: [open] });
      expect(await here()).toEqual(await inNova());

      await world().grantAccess(closed, 'member');
      expect(await here()).toEqual({
        admin: all,
        member: [open, closed].sort(),
        reader: [open, closed].sort(),
        other: [open],
      });
      expect(await here()).toEqual(await inNova());

      await world().revokeAccess(closed, 'member');
      expect(await here()).toEqual({ admin: all, member: [open], reader: [open], other: [open] });
      expect(await here()).toEqual(await inNova());
    });

    describe('with project_id', () => {
      it('is what that project sees, when an admin asks', async () => {
        const type = world().newServiceType();
        const closed = await world().createFlavor({ isPublic: false });
        const lost = await world().createFlavor();
        await world().as('admin').post(`/RegisteredFlavors/${type}/${closed},${lost}`).expect(201);
        await world().deleteFlavor(lost);
        await world().grantAccess(closed, 'member');
        const as = async (person: Person) => {
          const projectId = await world().cloud.client.projectIdOf(world().tokens[person]);
          return seenBy('admin', `/RegisteredFlavors/${type}?project_id=${projectId}`);
        };
        expect({ member: await as('member'), other: await as('other') }).toEqual({ member: [closed], other: [] });
        expect(await seenBy('admin', `/RegisteredFlavors/${type}?project_id=no-such-project`)).toEqual([]);
      });

      it.each(['member', 'reader'] as const)('is not for a %s, not even for its own project', async (person) => {
        const projectId = await world().cloud.client.projectIdOf(world().tokens[person]);
        const answer = await world().as(person).get(`/RegisteredFlavors/redis?project_id=${projectId}`);
        expect(refusal(answer)).toEqual({ status: 403, codes: ['registered-flavors.role.required'] });
      });

      it.each(['', '?project_id=', '?project_id=a&project_id=b', '?project_id=a/b', '?project_id=%00'])(
        'is refused when it is none: "%s"',
        async (query) => {
          const answer = await world().as('admin').get(`/RegisteredFlavors/redis${query}`);
          expect(answer.status).toBe(query === '' ? 200 : 400);
        },
      );
    });
  });
}
