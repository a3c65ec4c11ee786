import Database from 'better-sqlite3';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { StoreProcess } from '../store/store-process';
import { pairs } from '../support/expectations';
import { timed } from '../support/own-time';
import type { ServiceProcess } from '../support/service-process';
import { type ServicesOnOneRegistry, startServicesOnOneRegistry } from '../support/services-on-one-registry';

type Pair = ReturnType<typeof pairs>[number];
interface Answer {
  status: number;
  retryAfter: string | null;
  body: Partial<Record<'registered' | 'already_registered' | 'deregistered' | 'not_registered', Pair[]>> & {
    errors?: { code: string }[];
  };
}

const inOrder = (list: readonly Pair[]) =>
  list.map(({ service_type, flavor_id }) => `${service_type} ${flavor_id}`).sort();

describe('many writers', () => {
  const types = ['mysql', 'redis'];
  const ids = Array.from({ length: 10 }, (_, index) => `writers-${index}`);
  const all = inOrder(pairs(types, ids));
  const everything = `/RegisteredFlavors/${types.join()}/${ids.join()}`;
  let stub: StubCloud;
  let shared: ServicesOnOneRegistry;
  let services: ServicesOnOneRegistry['services'];
  let headers: Record<string, string>;
  let databaseFile: string;

  const send = async (service: ServiceProcess, method: string, target: string): Promise<Answer> => {
    const answer = await fetch(service.url + target, { method, headers });
    const body = (await answer.json()) as Answer['body'];
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body };
  };
  /** The pairs of a type list as the readers of one service see them. */
  const seenBy = async (service: ServiceProcess, asked = types): Promise<string[]> => {
    const answer = await fetch(`${service.url}/RegisteredFlavors/${asked.join()}`, { headers });
    const { registered_flavors: flavors } = (await answer.json()) as {
      registered_flavors: { flavor_id: string; service_types: string[] }[];
    };
    return flavors
      .flatMap(({ flavor_id, service_types }) => service_types.map((type) => `${type} ${flavor_id}`))
      .sort();
  };
  const seenByEach = () => Promise.all(services.map((service) => seenBy(service)));

  beforeAll(async () => {
    stub = await startStubCloud();
    stub.nova.add(...ids.map((id) => ({ id, name: id, ram: 1024, vcpus: 1, disk: 1 })));
    headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin') };
    shared = await startServicesOnOneRegistry(stub);
    ({ services, databaseFile } = shared);
  });
  afterEach(async () => {
    expect(services.map(({ health }) => health)).toEqual(Array(2).fill({ ended: null, complaints: '' }));
    await send(services[0], 'DELETE', everything);
  });
  afterAll(async () => {
    const exits = await shared.stop();
    await stub.close();
    expect(exits).toEqual([0, 0]);
  });

  it('of the same pairs: one of 50 registers them, and 49 learn that they are there', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => send(services[index % 2]!, 'POST', everything)),
    );
    const told = answers.map(({ status, body }) => ({
      status,
      registered: inOrder(body.registered!),
      already: inOrder(body.already_registered!),
    }));
    expect(told.filter(({ status }) => status === 201)).toEqual([{ status: 201, registered: all, already: [] }]);
    expect(told.filter(({ status }) => status !== 201)).toEqual(
      Array(49).fill({ status: 200, registered: [], already: all }),
    );
    expect(await seenByEach()).toEqual([all, all]);
  });

  it('of overlapping pairs: each pair is registered by one of 50, and each answer is complete', async () => {
    const partOf = (index: number) => [0, 1, 2, 3].map((step) => ids[(index * 3 + step) % ids.length]!);
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const part = { types: index % 3 === 0 ? types : [types[index % 2]!], ids: partOf(index) };
        const target = `/RegisteredFlavors/${part.types.join()}/${part.ids.join()}`;
        const { status, body } = await send(services[index % 2]!, 'POST', target);
        const told = inOrder([...body.registered!, ...body.already_registered!]);
        expect({ status, told }).toEqual({
          status: body.registered!.length > 0 ? 201 : 200,
          told: inOrder(pairs(part.types, part.ids)),
        });
        return body.registered!;
      }),
    );
    expect(inOrder(answers.flat())).toEqual(all);
    expect(await seenByEach()).toEqual([all, all]);
  });

  it.each([0, 1, 2, 3, 5, 8, 13, 21])(
    'that register and deregister the same pairs at once end in one of the two orders (%d ms apart)',
    async (ms) => {
      for (const before of [[], all]) {
        if (before.length > 0) await send(services[0], 'POST', everything);
        else await send(services[0], 'DELETE', everything);
        const [posted, deleted] = await Promise.all([
          send(services[0], 'POST', everything),
          new Promise((resolve) => setTimeout(resolve, ms)).then(() => send(services[1], 'DELETE', everything)),
        ]);
        const outcome = { posted: posted.status, deleted: deleted.status, after: await seenBy(services[1]) };
        expect(
          before.length > 0
            ? [
                { posted: 200, deleted: 200, after: [] },
                { posted: 201, deleted: 200, after: all },
              ]
            : [
                { posted: 201, deleted: 200, after: [] },
                { posted: 201, deleted: 404, after: all },
              ],
        ).toContainEqual(outcome);
      }
    },
  );

  it('in two processes see at once what the other has written', async () => {
    const [one, other] = services;
    for (const id of ids) {
      expect((await send(one, 'POST', `/RegisteredFlavors/redis/${id}`)).status).toBe(201);
      expect(await seenBy(other)).toEqual([`redis ${id}`]);
      expect((await send(other, 'POST', `/RegisteredFlavors/redis/${id}`)).body.registered).toEqual([]);
      expect((await send(other, 'DELETE', `/RegisteredFlavors/redis/${id}`)).status).toBe(200);
      expect(await seenBy(one)).toEqual([]);
    }
  });

  describe('while another process keeps the registry locked', () => {
    let locker: StoreProcess;
    beforeEach(async () => {
      await send(services[0], 'POST', '/RegisteredFlavors/redis/writers-0');
      locker = await StoreProcess.start();
      await locker.tell({ do: 'lock', path: databaseFile });
    });
    afterEach(() => locker.kill());

    it('refuses to write after its wait, goes on reading, and recovers at once', async () => {
      const [service] = services;
      const refusals = [
        await send(service, 'POST', everything),
        await send(service, 'DELETE', '/RegisteredFlavors/redis/writers-0'),
      ];
      expect(refusals.map(({ status, retryAfter, body }) => [status, retryAfter, body.errors![0]!.code])).toEqual(
        Array(2).fill([503, '2', 'registered-flavors.registry.unavailable']),
      );
      expect(await seenByEach()).toEqual(Array(2).fill(['redis writers-0']));

      await locker.tell({ do: 'release' });
      const { status, body } = await send(service, 'POST', everything);
      expect([status, inOrder(body.already_registered!)]).toEqual([201, ['redis writers-0']]);
      expect(await seenByEach()).toEqual([all, all]);
    });

    it('does not make readers wait for every writer in turn', async () => {
      const [service] = services;
      const writes = ids.slice(0, 4).map((id) => send(service, 'DELETE', `/RegisteredFlavors/redis/${id}`));
      await new Promise((resolve) => setTimeout(resolve, 50));
      const { ms } = await timed(() => fetch(`${service.url}/healthcheck`));
      expect((await Promise.all(writes)).map(({ status }) => status)).toEqual(Array(4).fill(503));
      expect(ms).toBeLessThan(2000);
    });

    it('has written nothing when the other is killed with changes under way', async () => {
      await locker.kill();
      expect(await seenByEach()).toEqual(Array(2).fill(['redis writers-0']));
      const client = new Database(databaseFile, { readonly: true });
      expect(client.pragma('integrity_check', { simple: true })).toBe('ok');
      client.close();
    });
  });
});
