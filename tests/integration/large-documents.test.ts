import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { createFilledRegistry } from '../attack/filled-registry';
import { flavorsOf, readShape, registrationsOf } from '../attack/shape';
import { temporaryFolder } from '../store/temporary-folder';
import { RawConnection } from '../support/hostile/raw-http';
import { ServiceProcess } from '../support/service-process';
import { stubEnvironment } from '../support/stub-world';

type Document = Record<string, string[]>;
interface Answer {
  readonly status: number;
  readonly etag: string;
  readonly codes: string[];
  readonly details: string[];
  readonly body: { registrations: Document; registered: object[]; deregistered: object[]; unchanged: number };
}

const MIB = 1024 * 1024;
const SHAPE = readShape('30x1000');
/** Beside them stand 50 pairs of redis. */
const ALL = registrationsOf(SHAPE) + 50;
const STEP = 10_000;
const HOW_TO_GO_ON =
  'Nothing was changed. Go on in steps of up to 10000 pairs: the document of PUT or PATCH may differ by so many from ' +
  'what stands, and POST and DELETE take so many.';

/** An export of 30,050 pairs: a document of more than a mebibyte. */
describe('a document of more than 10,000 pairs', () => {
  const folder = temporaryFolder();
  const databaseFile = folder.in('registry.db');
  let stub: StubCloud;
  let services: ServiceProcess[];
  let tokens: string[];
  let exported: Answer;

  const send = async (
    method: string,
    {
      etag,
      body,
      by = 0,
      target = '/Registrations',
    }: { etag?: string; body?: string; by?: number; target?: string } = {},
  ): Promise<Answer> => {
    const answer = await fetch(services[by]!.url + target, {
      method,
      headers: {
        'X-Auth-Token': tokens[by]!,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(etag === undefined ? {} : { 'If-Match': etag }),
      },
      body: body ?? null,
    });
    const { errors = [], ...rest } = (await answer.json()) as Answer['body'] & {
      errors?: { code: string; detail: string }[];
    };
    return {
      ...{ status: answer.status, etag: answer.headers.get('etag') ?? '', body: rest },
      codes: errors.map(({ code }) => code.replace('registered-flavors.', '')),
      details: errors.map(({ detail }) => detail),
    };
  };
  const put = (registrations: Document, etag = '*') => send('PUT', { etag, body: JSON.stringify({ registrations }) });
  const counts = ({ status, codes, body }: Answer) =>
    status === 200 ? [body.registered.length, body.deregistered.length, body.unchanged] : [status, ...codes];
  const copy = () => structuredClone(exported.body.registrations);
  /** The first pairs of a document, so many. */
  const first = (document: Document, pairs: number): Document => {
    let left = pairs;
    const entries = Object.entries(document).map(([type, ids]): [string, string[]] => {
      const some = ids.slice(0, left);
      left -= some.length;
      return [type, some];
    });
    return Object.fromEntries(entries.filter(([, ids]) => ids.length > 0));
  };

  beforeAll(async () => {
    await createFilledRegistry(databaseFile, SHAPE);
    stub = await startStubCloud({ flavors: flavorsOf(SHAPE) });
    tokens = [stub.keystone.tokenFor('admin'), stub.keystone.tokenFor('admin')];
    const environment = { ...stubEnvironment(stub), DATABASE_URL: `file:${path.resolve(databaseFile)}` };
    services = [await ServiceProcess.start(environment), await ServiceProcess.start(environment)];
    exported = await send('GET');
  });
  beforeEach(() => stub.nova.resetRequests());
  afterEach(() => expect(services.map(({ health }) => health)).toEqual(Array(2).fill({ ended: null, complaints: '' })));
  afterAll(async () => {
    const exits = [];
    for (const service of services) exits.push(await service.stop());
    await stub.close();
    folder.remove();
    expect(exits).toEqual([0, 0]);
  });

  it('is put back as it was exported, in whatever form, and changes nothing', async () => {
    const { etag, body } = exported;
    const upsideDown = Object.fromEntries(
      Object.entries(body.registrations)
        .map(([type, ids]): [string, string[]] => [type, [...ids, ...ids.slice(0, 10)].reverse()])
        .reverse(),
    );
    const forms = [JSON.stringify(body), JSON.stringify(body, null, 4), JSON.stringify({ registrations: upsideDown })];
    expect(Math.min(...forms.map((each) => each.length))).toBeGreaterThan(MIB);
    for (const form of forms) expect(counts(await send('PUT', { etag, body: form }))).toEqual([0, 0, ALL]);
    expect(counts(await send('PATCH', { body: forms[2]! }))).toEqual([0, 0, ALL]);
    expect((await send('GET')).etag).toBe(etag);
    expect(stub.nova.requests).toEqual([]);
  });

  it('is put back with some changes, and none of somebody else’s are lost', async () => {
    const document = copy();
    const gone = document['t7']!.splice(500, 3);
    document['added'] = [gone[0]!, document['redis']![0]!];
    const preview = await send('PUT', {
      ...{ etag: exported.etag, target: '/Registrations?dry_run=true' },
      body: JSON.stringify({ registrations: document }),
    });
    const done = await put(document, exported.etag);
    expect([counts(preview), counts(done)]).toEqual(Array(2).fill([2, 3, ALL - 3]));
    expect(done.body.deregistered).toEqual(gone.map((flavor_id) => ({ service_type: 't7', flavor_id })));
    expect(counts(await put(copy(), exported.etag))).toEqual([412, 'precondition.failed']);
    expect((await send('GET')).body.registrations).toEqual(
      Object.fromEntries(
        Object.entries(document)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([type, ids]) => [type, [...ids].sort()]),
      ),
    );
    expect(counts(await put(copy()))).toEqual([3, 2, ALL - 3]);
    expect((await send('GET')).etag).toBe(exported.etag);
  });

  it('is refused when it changes more than 10,000 pairs, and told how to go on', async () => {
    const most = first(exported.body.registrations, ALL - STEP - 1);
    const swapped = { ...first(exported.body.registrations, ALL - STEP), more: ['1'] };
    const more = { ...copy(), more: Array.from({ length: STEP + 1 }, (_, index) => `${index}`) };
    for (const [document, why] of [
      [most, `This would deregister at least ${STEP + 1} pairs; one request changes up to 10000.`],
      [swapped, `This would register 1 pairs and deregister ${STEP}; one request changes up to 10000.`],
      [
        more,
        `The document has more than ${ALL + STEP} pairs of service type and flavor: ${ALL} stand, and one request registers up to 10000 pairs more.`,
      ],
    ] as const) {
      const { status, codes, details } = await put(document, exported.etag);
      expect([status, codes, details]).toEqual([400, ['pair.too_many'], [`${why} ${HOW_TO_GO_ON}`]]);
    }
    expect((await send('GET')).etag).toBe(exported.etag);
  });

  it('empties the registry in steps, and fills it again', async () => {
    for (const left of [ALL - STEP, ALL - 2 * STEP, ALL - 3 * STEP, 0]) {
      expect((await put(first(exported.body.registrations, left))).body.unchanged).toBe(left);
    }
    expect((await send('GET')).body).toEqual({ registrations: {} });
    for (const most of [STEP, 2 * STEP, 3 * STEP, ALL]) {
      expect((await put(first(exported.body.registrations, most))).status).toBe(200);
    }
    expect((await send('GET')).etag).toBe(exported.etag);
  });

  it('is declared while another process goes on writing', async () => {
    let isOver = false;
    const others = (async () => {
      for (let write = 0; !isOver; write += 1) {
        const method = write % 2 === 0 ? 'POST' : 'DELETE';
        await send(method, { by: 1, target: `/RegisteredFlavors/other/${exported.body.registrations['redis']![0]}` });
      }
    })();
    const document = copy();
    const [gone] = document['t7']!.splice(0, 1);
    const answers = [await send('PATCH', { body: JSON.stringify({ registrations: document }) })];
    answers.push(await send('PATCH', { body: JSON.stringify({ registrations: { t7: [gone, ...document['t7']!] } }) }));
    isOver = true;
    await others;
    expect(answers.map(counts)).toEqual([
      [0, 1, ALL - 1],
      [1, 0, 999],
    ]);
    await send('PATCH', { body: '{"registrations": {"other": null}}' });
    expect((await send('GET')).etag).toBe(exported.etag);
  });

  describe('that comes in parts', () => {
    const text = () => JSON.stringify(exported.body);
    const begin = (method: string, part: string, length?: number) => {
      const lines = [
        ...[`${method} /Registrations HTTP/1.1`, 'Host: x', `X-Auth-Token: ${tokens[0]}`, 'If-Match: *'],
        ...['Content-Type: application/json', `Content-Length: ${length ?? part.length}`, '', ''],
      ];
      return new RawConnection(services[0]!.url).send(lines.join('\r\n') + part);
    };
    /** Until the bytes sent have been read: the next requests are answered behind them. */
    const arrived = async (connection: RawConnection) => {
      while (connection.socket.writableLength > 0 || connection.socket.connecting) await sleep(10);
      for (let answer = 0; answer < 40; answer += 1) await fetch(`${services[0]!.url}/healthcheck`);
    };

    it('is taken one at a time from each caller, beside small ones', async () => {
      const half = begin('PUT', text().slice(0, -1), text().length);
      await arrived(half);
      const refused = await put(copy());
      expect([refused.status, refused.codes]).toEqual([503, ['service.overloaded']]);
      expect(counts(await send('PATCH', { body: '{"registrations": {"none": []}}' }))).toEqual([0, 0, 0]);
      half.send('}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      expect((await half.answers()).map(({ status }) => status)).toEqual([200, 200]);
      expect(counts(await put(copy()))).toEqual([0, 0, ALL]);
      const cut = begin('PUT', text().slice(0, -1), text().length);
      await arrived(cut);
      cut.socket.destroy();
      while ((await put(copy())).status === 503) await sleep(20);
    });

    it('and is wrong at its end changes nothing, and is told where it is wrong', async () => {
      const wrong = `${text().slice(0, -2)},}}`;
      expect((await send('PUT', { etag: '*', body: wrong })).details).toEqual([
        `The body is not JSON (line 1, column ${wrong.length - 1}).`,
      ]);
      const oddIds = { ...copy(), odd: ['a b', 'a,b', ''] };
      const { codes, details } = await put(oddIds);
      expect([codes, details.map((each) => each.slice(0, 40))]).toEqual([
        ['flavor_id.invalid', 'flavor_id.invalid'],
        ['Item 2 of registrations.odd is "a,b". A ', 'Item 3 of registrations.odd is empty. A '],
      ]);
      expect((await send('GET')).etag).toBe(exported.etag);
    });

    it('and is refused is told so to a client that reads only when it has sent all', async () => {
      const reader = stub.keystone.tokenFor('alice');
      const length = 80 * MIB;
      const lines = [
        ...['PUT /Registrations HTTP/1.1', 'Host: x', `X-Auth-Token: ${reader}`, 'If-Match: *', 'Connection: close'],
        ...['Content-Type: application/json', `Content-Length: ${length}`, '', ''],
      ];
      const socket = net.connect({ host: '127.0.0.1', port: Number(new URL(services[0]!.url).port) });
      socket.pause().write(lines.join('\r\n'));
      const part = Buffer.alloc(MIB, ' ');
      for (let sent = 0; sent < length; sent += part.length) {
        if (!socket.write(part)) await once(socket, 'drain');
      }
      const answer = (await textOf(socket)).split('\r\n')[0];
      expect(answer).toBe('HTTP/1.1 403 Forbidden');
    });

    it('and names many flavors that Nova does not have is told of a thousand of them', async () => {
      const unknown = Array.from({ length: STEP }, (_, index) => `unknown-${index}`);
      const { status, codes, details } = await send('PATCH', {
        body: JSON.stringify({ registrations: { a: unknown } }),
      });
      expect([status, codes.length, details.at(-1)]).toEqual([
        400,
        1001,
        'Nova has no flavor with the ID of 9000 more, either.',
      ]);
    });

    it('and has no end is refused as soon as it has more than the registry could', async () => {
      const ids = Array.from({ length: 100_000 }, (_, index) => `"without-end-${index}"`).join();
      const endless = begin('PATCH', `{"registrations": {"a": [${ids}`, 200 * MIB);
      await sleep(10);
      endless.socket.end();
      const [answer] = await endless.answers();
      expect([answer?.status, answer?.body]).toEqual([400, expect.stringContaining('The document has more than')]);
    });
  });
});
