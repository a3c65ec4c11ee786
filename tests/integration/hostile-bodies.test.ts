import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { flood } from '../support/hostile/http-flood';
import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';
import { answersTo, bodyRefusalOf, RawConnection } from '../support/hostile/raw-http';

const MIB = 1024 * 1024;
/** How many bodies of 1 MiB are worked on at once. */
const BODIES_AT_ONCE = 32;
const OVERLOADED = 'registered-flavors.service.overloaded';

describe('hostile bodies', () => {
  let here: HostileWorld;
  let types = 0;
  const newType = () => `body-${(types += 1)}`;
  beforeAll(async () => {
    here = await startHostileWorld();
  });
  afterEach(() => expect(here.service.health).toEqual(UNHARMED));
  afterAll(async () => expect(await here.close()).toBe(0));

  const head = (method: string, path: string, ...headers: string[]) =>
    [
      `${method} ${path} HTTP/1.1`,
      'Host: x',
      `X-Auth-Token: ${here.admin}`,
      'Content-Type: application/json',
      ...headers,
      '',
      '',
    ].join('\r\n');
  const whole = (method: string, path: string, body: string, ...headers: string[]) =>
    head(method, path, `Content-Length: ${Buffer.byteLength(body)}`, ...headers) + body;
  const last = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const registering = (type: string) => JSON.stringify({ service_types: [type], flavor_ids: ['1'] });
  const codesOf = async (bytes: string | Buffer) => {
    const answers = await answersTo(here.service.url, bytes);
    return answers.map((answer) => (answer.status < 400 ? answer.status : bodyRefusalOf(answer)));
  };
  const refused = (status: number, code: string) => ({ status, code: `registered-flavors.${code}`, breaches: [] });

  it('are taken byte by byte, in as many chunks, for what they say', async () => {
    const type = newType();
    const body = registering(type) + ' '.repeat(200_000);
    const chunks = [...body].map((byte) => `1\r\n${byte}\r\n`).join('');
    expect(
      await codesOf(`${head('POST', '/RegisteredFlavors', 'Transfer-Encoding: chunked')}${chunks}0\r\n\r\n${last}`),
    ).toEqual([201, 200]);
    expect(await here.registered(type)).toEqual(['1']);
  });

  it.each<[string, (type: string) => string]>([
    ['announced', () => head('POST', '/RegisteredFlavors', `Content-Length: ${MIB + 1}`)],
    ['announced, of a document', () => head('PATCH', '/Registrations', `Content-Length: ${256 * MIB + 1}`)],
    [
      'not announced',
      (type) =>
        `${head('POST', '/RegisteredFlavors', 'Transfer-Encoding: chunked')}${(2 * MIB).toString(16)}\r\n` +
        `${registering(type).padEnd(2 * MIB)}\r\n0\r\n\r\n`,
    ],
  ])('that are too large are refused, when that is %s', async (_how, bytesFor) => {
    const type = newType();
    const connection = new RawConnection(here.service.url).send(bytesFor(type));
    await sleep(200);
    connection.socket.end();
    expect((await connection.answers()).map(bodyRefusalOf)).toEqual([refused(413, 'body.too_large')]);
    expect(await here.registered(type)).toEqual([]);
  });

  it('are not done when they are cut off', async () => {
    const type = newType();
    const body = registering(type);
    const connection = new RawConnection(here.service.url).send(
      head('POST', '/RegisteredFlavors', `Content-Length: ${body.length + 1}`) + body,
    );
    await sleep(100);
    connection.socket.destroy();
    await sleep(100);
    expect(await here.registered(type)).toEqual([]);
  });

  it('of somebody who may not write are not read, and the next request is answered in its turn', async () => {
    const stranger = whole('POST', '/RegisteredFlavors', '{"a":'.repeat(50_000)).replace(here.admin, 'nobody');
    expect(await codesOf(stranger + last)).toEqual([refused(401, 'token.invalid'), 200]);
    const member = whole('PATCH', '/Registrations', '{"registrations": 1'.padEnd(100_000)).replace(
      here.admin,
      here.member,
    );
    expect(await codesOf(member + last)).toEqual([refused(403, 'role.required'), 200]);
  });

  it('that are refused leave the connection to the next request', async () => {
    const path = '/RegisteredFlavors';
    const bytes = [
      whole('POST', path, '{'.repeat(MIB)),
      whole('POST', path, '['.repeat(MIB / 2) + ']'.repeat(MIB / 2)),
      whole('POST', path, '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000)),
      whole('POST', path, '{}', 'Content-Encoding: gzip'),
      whole('POST', path, 'x', 'Content-Type: text/plain').replace('Content-Type: application/json\r\n', ''),
      whole('POST', path, `{"service_types": ["GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"], "flavor_ids": ["1"]}`),
      whole('POST', path, ''),
      last,
    ];
    expect(await codesOf(bytes.join(''))).toEqual([
      refused(400, 'body.invalid'),
      refused(400, 'body.invalid'),
      refused(400, 'attribute.unknown'),
      refused(415, 'media_type.unsupported'),
      refused(415, 'media_type.unsupported'),
      refused(400, 'service_type.invalid'),
      refused(400, 'body.invalid'),
      200,
    ]);
  });

  it('that come slowly or never take nothing from others', async () => {
    const slow = Array.from({ length: 2 * BODIES_AT_ONCE }, () =>
      new RawConnection(here.service.url).send(head('POST', '/RegisteredFlavors', `Content-Length: ${MIB}`) + '{'),
    );
    await sleep(200);
    const type = newType();
    expect(await codesOf(whole('POST', '/RegisteredFlavors', registering(type).padEnd(MIB - 1)) + last)).toEqual([
      201, 200,
    ]);
    for (const { socket } of slow) socket.destroy();
  });

  /** Each answer takes an iteration of the event loop, and each iteration reads 64 KiB of each connection. */
  const pastWhatHasArrived = async () => {
    for (let answer = 0; answer < (4 * MIB) / 65_536; answer += 1) await fetch(`${here.service.url}/healthcheck`);
  };

  it('are refused when there are too many at once, and taken again when those have gone', async () => {
    const many = Array.from({ length: BODIES_AT_ONCE }, () =>
      new RawConnection(here.service.url).send(
        head('POST', '/RegisteredFlavors', `Content-Length: ${MIB}`) + '{'.repeat(MIB - 1),
      ),
    );
    const large = () => codesOf(whole('POST', '/RegisteredFlavors', registering(newType()).padEnd(MIB / 2)) + last);
    while (many.some(({ socket }) => socket.writableLength > 0)) await sleep(20);
    await pastWhatHasArrived();
    expect(await large()).toEqual([{ status: 503, code: OVERLOADED, breaches: [] }, 200]);
    expect(await codesOf(last)).toEqual([200]);
    for (const { socket } of many) socket.destroy();
    while (!isDeepStrictEqual(await large(), [201, 200])) await sleep(50);
  });

  it('stay in nobody’s memory, whatever they are', async () => {
    const junk = [
      `{"service_types": ["${'x'.repeat(MIB / 2)}"]}`,
      `{${Array.from({ length: 40_000 }, (_, index) => `"${index}": 1`).join()}}`,
      `{"service_types": [${Array.from({ length: 100_000 }, () => '"R"').join()}]}`,
      `{"registrations": {"a": [${'[],'.repeat(200_000)}[]]}}`,
    ];
    const send = (from: number, to: number) =>
      flood(here.service.url, { from, to }, (number) => ({
        method: number % 2 === 0 ? 'POST' : 'PATCH',
        path: number % 2 === 0 ? '/RegisteredFlavors' : '/Registrations',
        headers: { 'X-Auth-Token': here.admin, 'Content-Type': `application/json; number=${number}` },
        body: junk[number % junk.length]!,
      }));
    await send(0, 40);
    const before = await here.service.memoryBytes();
    expect(await send(40, 120)).toEqual({ 400: 80 });
    expect(((await here.service.memoryBytes()) - before) / MIB).toBeLessThan(3);
  });

  it('are not in the log', async () => {
    const secret = 'gAAAA-in-a-body';
    await codesOf(whole('POST', '/RegisteredFlavors', `{"service_types": ["${secret}"], "flavor_ids": ["1"]}`) + last);
    await codesOf(whole('PATCH', '/Registrations', `{"${secret}": `) + last);
    expect(here.service.output).not.toContain(secret);
  });
});
