import type { components } from '../../src/http/contract-types';
import { refusal } from '../support/expectations';
import type { World } from '../support/world';
import { nextPage } from '../support/next-page';

type RegistrationEvent = components['schemas']['RegistrationEvent'];

/** Stories of what the registry remembers of its changes. */
export function remembering(world: () => World): void {
  const read = async (query: string) => {
    const { body } = await world().as('admin').get(`/RegistrationEvents${query}`).expect(200);
    return body as components['schemas']['RegistrationEvents'];
  };
  const inShort = (events: RegistrationEvent[]) =>
    events.map(({ action, service_type, flavor_id }) => `${action} ${service_type} ${flavor_id}`);

  describe('what has happened', () => {
    it('is told to admins, newest first: who did it, when, and with which request', async () => {
      const [type, other] = [world().newServiceType(), world().newServiceType('mysql')].sort() as [string, string];
      const id = await world().createFlavor();
      const inbound = 'req-0b8a4f5e-51c1-4a94-8c83-2a4c5b7d9e01';
      const began = new Date(Date.now() - 1000).toISOString();
      const registered = await world()
        .as('admin')
        .post(`/RegisteredFlavors/${type},${other}/${id}`)
        .set('X-OpenStack-Request-Id', inbound)
        .expect(201);
      const deregistered = await world().as('admin').delete(`/RegisteredFlavors/${type}/${id}`).expect(200);

      const { registration_events: events } = await read(`?flavor_ids=${id}`);
      expect(inShort(events)).toEqual([
        `deregistered ${type} ${id}`,
        `registered ${other} ${id}`,
        `registered ${type} ${id}`,
      ]);
      const ids = [deregistered, registered, registered].map(({ headers }) =>
        String(headers['x-openstack-request-id']),
      );
      expect(events.map((event) => event.request_id)).toEqual(ids);
      expect(events.map((event) => event.global_request_id)).toEqual([null, inbound, inbound]);
      const project = await world().cloud.client.projectIdOf(world().tokens.admin);
      for (const event of events) {
        expect([event.project_id, event.user_id === '', event.created_at >= began]).toEqual([project, false, true]);
      }
      expect(inShort((await read(`?flavor_ids=${id}&service_types=${other}`)).registration_events)).toHaveLength(1);
      expect((await read(`?flavor_ids=${id}&user_id=${events[0]?.user_id}`)).registration_events).toEqual(events);
      expect((await read(`?flavor_ids=${id}&user_id=nobody`)).registration_events).toEqual([]);
      expect((await read(`?flavor_ids=${id}&since=${began}`)).registration_events).toEqual(events);
      expect((await read(`?flavor_ids=${id}&until=${began}`)).registration_events).toEqual([]);
    });

    it('comes page by page', async () => {
      const type = world().newServiceType();
      const ids = [await world().createFlavor(), await world().createFlavor(), await world().createFlavor()];
      await world().as('admin').post(`/RegisteredFlavors/${type}/${ids.join()}`).expect(201);

      const pages: string[][] = [];
      const asked = `?service_types=${type}&limit=2`;
      for (let next: string | undefined = `/RegistrationEvents${asked}`; next !== undefined;) {
        const { body } = await world().as('admin').get(next).expect(200);
        pages.push(inShort((body as components['schemas']['RegistrationEvents']).registration_events));
        next = nextPage(next, body as object);
      }
      expect(pages.map((page) => page.length)).toEqual([2, 1]);
      expect(pages.flat().sort()).toEqual(ids.map((id) => `registered ${type} ${id}`).sort());
    });

    it('tells that another size was accepted', async () => {
      const type = world().newServiceType();
      const id = await world().createFlavor({ ram: 1024 });
      await world().as('admin').post(`/RegisteredFlavors/${type}/${id}`).expect(201);
      await world().deleteFlavor(id);
      await world().createFlavor({ id, ram: 2048 });
      await world().as('admin').post(`/RegisteredFlavors/${type}/${id}`).expect(200);

      expect(inShort((await read(`?flavor_ids=${id}`)).registration_events)).toEqual([
        `size_accepted ${type} ${id}`,
        `registered ${type} ${id}`,
      ]);
    });

    it('is for admins only', async () => {
      const forbidden = { status: 403, codes: ['registered-flavors.role.required'] };
      expect(refusal(await world().as('member').get('/RegistrationEvents'))).toEqual(forbidden);
    });

    it.each([
      ['since=yesterday', 'The query parameter since must be a time like 2026-11-24T22:37:46Z; a plus is written %2B.'],
      ['until=2026-02-30T00:00:00Z', 'The query parameter until names a time that there is not.'],
      ['until=2026-01-01T25:00:00Z', 'The query parameter until names a time that there is not.'],
      ['limit=0', 'The query parameter limit must be at least 1.'],
      ['marker=-1', 'The query parameter marker must be at least 0.'],
      ['marker=abc', 'The query parameter marker must be one whole number.'],
      ['service_types=Redis', 'Item 1 of service_types is "Redis". A service type is'],
      ['userid=me', 'This operation takes no query parameter "userid". Did you mean "user_id"?'],
    ])('is refused when asked for as ?%s, and it is said what would be right', async (query, detail) => {
      const { status, body } = await world().as('admin').get(`/RegistrationEvents?${query}`);
      expect([status, body.errors[0].detail]).toEqual([400, expect.stringContaining(detail)]);
    });
  });
}
