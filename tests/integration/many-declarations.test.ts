import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { type ServicesOnOneRegistry, startServicesOnOneRegistry } from '../support/services-on-one-registry';

interface Answer {
  status: number;
  etag: string;
  codes: string[];
  body: {
    registrations?: Record<string, string[]>;
    registered?: object[];
    deregistered?: object[];
    unchanged?: number;
    registration_events?: { action: string; service_type: string; flavor_id: string }[];
  };
}
type Document = Record<string, string[] | null>;

describe('many who declare, over two processes', () => {
  const ids = Array.from({ length: 10 }, (_, index) => `declared-${index}`);
  let stub: StubCloud;
  let shared: ServicesOnOneRegistry;
  let token: string;

  const send = async (
    service: number,
    method: string,
    target: string,
    { registrations, etag }: { registrations?: Document; etag?: string } = {},
  ): Promise<Answer> => {
    const answer = await fetch(shared.services[service % 2]!.url + target, {
      method,
      headers: {
        'X-Auth-Token': token,
        ...(registrations === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(etag === undefined ? {} : { 'If-Match': etag }),
      },
      body: registrations === undefined ? null : JSON.stringify({ registrations }),
    });
    const body = (await answer.json()) as Answer['body'] & { errors?: { code: string }[] };
    const codes = (body.errors ?? []).map(({ code }) => code.replace('registered-flavors.', ''));
    return { status: answer.status, etag: answer.headers.get('etag') ?? '', codes, body };
  };
  const read = (service = 0) => send(service, 'GET', '/Registrations');
  const put = (service: number, registrations: Document, etag: string) =>
    send(service, 'PUT', '/Registrations', { registrations, etag });
  const patch = (service: number, registrations: Document) =>
    send(service, 'PATCH', '/Registrations', { registrations });
  const lookedUp = (id: string) => stub.nova.requests.filter(({ target }) => target.endsWith(`/flavors/${id}`)).length;
  /** Waits until Nova has been asked about a flavor, whose answer takes a while. */
  const whileAsked = async (id: string, then: () => Promise<unknown>) => {
    while (lookedUp(id) === 0) await sleep(5);
    await then();
  };

  beforeAll(async () => {
    stub = await startStubCloud();
    stub.nova.add(...ids.map((id) => ({ id, name: id, ram: 1024, vcpus: 1, disk: 1 })));
    token = stub.keystone.tokenFor('admin');
    shared = await startServicesOnOneRegistry(stub);
  });
  afterEach(async () => {
    stub.nova.heals();
    expect(shared.services.map(({ health }) => health)).toEqual(Array(2).fill({ ended: null, complaints: '' }));
    expect((await put(0, {}, '*')).status).toBe(200);
    stub.nova.resetRequests();
  });
  afterAll(async () => {
    const exits = await shared.stop();
    await stub.close();
    expect(exits).toEqual([0, 0]);
  });

  it('of two documents made from one export, one is taken, and the other is told that it is late', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { etag } = await read();
      const documents = [0, 1].map((who) => ({ [`type-${who}`]: ids.slice(0, 5), [`round-${round}`]: ['declared-9'] }));
      const answers = await Promise.all(documents.map((document, who) => put(who, document, etag)));
      expect(answers.map(({ status, codes }) => [status, codes]).sort()).toEqual([
        [200, []],
        [412, ['precondition.failed']],
      ]);
      const winner = documents[answers.findIndex(({ status }) => status === 200)];
      expect([(await read(0)).body.registrations, (await read(1)).body.registrations]).toEqual([winner, winner]);
    }
  });

  it('nobody loses a change who reads, edits and puts, and begins again when told to', async () => {
    const edit = async (who: number): Promise<number> => {
      for (let tries = 1; ; tries += 1) {
        const { body, etag } = await read(who);
        const answer = await put(who, { ...body.registrations, [`of-${who}`]: [ids[who % 10]!] }, etag);
        if (answer.status === 200) return tries;
        expect(answer.status).toBe(412);
      }
    };
    const tries = await Promise.all(Array.from({ length: 12 }, (_, who) => edit(who)));
    expect(Math.max(...tries)).toBeGreaterThan(1);
    const { registrations } = (await read()).body;
    expect(registrations).toEqual(
      Object.fromEntries(Array.from({ length: 12 }, (_, who) => [`of-${who}`, [ids[who % 10]]])),
    );
  });

  it('patches of different types all hold', async () => {
    const types = Array.from({ length: 20 }, (_, who) => `patched-${String(who).padStart(2, '0')}`);
    const answers = await Promise.all(types.map((type, who) => patch(who, { [type]: [ids[who % 10]!, 'declared-0'] })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { registrations } = (await read(1)).body;
    expect(Object.keys(registrations!)).toEqual(types);
    expect(registrations!['patched-07']).toEqual(['declared-0', 'declared-7']);
  });

  it('whoever registers, deregisters and patches the same pairs: the last event of each pair says how it ended', async () => {
    const pairs = `/RegisteredFlavors/mysql,redis/${ids.join()}`;
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all([
        send(round, 'POST', pairs),
        send(round + 1, 'DELETE', pairs),
        patch(round, { redis: round % 2 === 0 ? null : ids }),
        sleep(round).then(() => send(round, 'DELETE', pairs)),
        sleep(round).then(() => send(round + 1, 'POST', pairs)),
      ]);
      for (const { status } of answers) expect([200, 201, 404]).toContain(status);
      const { body } = await send(0, 'GET', '/RegistrationEvents?limit=1000');
      const last = new Map<string, string>();
      for (const { action, service_type, flavor_id } of body.registration_events!.toReversed())
        last.set(`${service_type} ${flavor_id}`, action);
      const standing = [...last].flatMap(([pair, action]) => (action === 'registered' ? [pair] : [])).sort();
      const { registrations = {} } = (await read(1)).body;
      expect(Object.entries(registrations).flatMap(([type, list]) => list.map((id) => `${type} ${id}`))).toEqual(
        standing,
      );
      expect([0, 10, 20]).toContain(standing.length); // none of the writes is there by half
    }
  });

  describe('while Nova is asked about what is new, others write', () => {
    beforeEach(async () => {
      expect((await patch(0, { redis: ['declared-0'] })).status).toBe(200);
      stub.nova.resetRequests();
      stub.nova.isSlow(1000, { path: /flavors\/declared-1$/ });
    });

    it('and what became new by that is asked about, too', async () => {
      const [answer] = await Promise.all([
        patch(0, { redis: ['declared-0', 'declared-1'] }),
        whileAsked('declared-1', () => send(1, 'DELETE', '/RegisteredFlavors/redis/declared-0')),
      ]);
      expect([answer.status, answer.body.registered?.length, answer.body.unchanged]).toEqual([200, 2, 0]);
      expect([lookedUp('declared-0'), lookedUp('declared-1')]).toEqual([1, 1]);
      expect((await read()).body.registrations).toEqual({ redis: ['declared-0', 'declared-1'] });
    });

    it('and nothing is changed when Nova has lost what became new by that', async () => {
      const away = stub.nova.flavors.find(({ id }) => id === 'declared-0')!;
      const [answer] = await Promise.all([
        patch(0, { redis: ['declared-0', 'declared-1'] }),
        whileAsked('declared-1', async () => {
          await send(1, 'DELETE', '/RegisteredFlavors/redis/declared-0');
          stub.nova.remove('declared-0');
        }),
      ]);
      stub.nova.add(away);
      expect([answer.status, answer.codes]).toEqual([400, ['flavor.unknown']]);
      expect((await read()).body.registrations).toEqual({});
    });

    it('and a document that was made before is refused, though nothing had changed when it came', async () => {
      const { etag } = await read();
      const [answer] = await Promise.all([
        put(0, { redis: ['declared-1'] }, etag),
        whileAsked('declared-1', () => patch(1, { mysql: ['declared-0'] })),
      ]);
      expect(answer.status).toBe(412);
      expect((await read()).body.registrations).toEqual({ mysql: ['declared-0'], redis: ['declared-0'] });
    });
  });

  it('whoever changes nothing, or may not, does not wait for a registry that is locked', async () => {
    await patch(0, { redis: ids });
    const { etag } = await read();
    const locker = new Database(shared.databaseFile);
    locker.exec('BEGIN IMMEDIATE');
    try {
      expect((await put(0, { redis: ids }, etag)).body).toEqual({ registered: [], deregistered: [], unchanged: 10 });
      expect((await put(1, { redis: [] }, '"older"')).status).toBe(412);
      expect(await put(1, { redis: [] }, etag)).toMatchObject({ status: 503, codes: ['registry.unavailable'] });
    } finally {
      locker.close();
    }
    expect((await put(1, { redis: [] }, etag)).body.deregistered).toHaveLength(10);
  });

  it('what was exported is declared again while Nova is down, and what is new is not', async () => {
    const document = { mysql: ids, redis: ids.slice(0, 3) };
    await patch(0, document);
    await stub.nova.stops();
    try {
      const { etag, body } = await read();
      expect((await put(1, body.registrations!, etag)).body).toEqual({
        registered: [],
        deregistered: [],
        unchanged: 13,
      });
      const fewer = { redis: ids.slice(0, 2) };
      expect((await patch(0, { ...fewer, kafka: ['declared-0'] })).status).toBe(503);
      expect((await read()).etag).toBe(etag);
      expect((await put(0, fewer, etag)).body.deregistered).toHaveLength(11);
    } finally {
      await stub.nova.starts();
    }
  });
});
