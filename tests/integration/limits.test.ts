import { randomUUID } from 'node:crypto';
import { manyFlavors, type StubFlavor } from '../../src/stub/stub-flavors';
import { listed, refusal } from '../support/expectations';
import { startStubWorld, type StubWorld } from '../support/stub-world';
import { exchange, sendOnTheWire } from '../support/wire';

const KIB = 1024;

describe('limits', () => {
  const uuids = Array.from({ length: 1000 }, () => randomUUID());
  const flavors = uuids.map((id): StubFlavor => ({ id, name: id, ram: 1024, vcpus: 1, disk: 1 }));
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld({}, { flavors: [...flavors, ...manyFlavors(1000)] });
  });
  afterAll(() => here.world.close());

  const numbered = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  const remove = (types: readonly string[], ids: readonly string[]) =>
    here.world.as('admin').delete(`/RegisteredFlavors/${types.join()}/${ids.join()}`);

  describe('of what one request names', () => {
    it('take 1,000 UUIDs in one URL, encoded commas and all', async () => {
      const register = await here.world.as('admin').post(`/RegisteredFlavors/redis/${uuids.join('%2C')}`);
      expect([register.status, register.body.registered.length]).toEqual([201, 1000]);
      expect(listed(await here.world.as('member').get('/RegisteredFlavors/redis')).map(({ id }) => id)).toEqual(
        [...uuids].sort(),
      );
    });

    it('take 100 types with 100 ids, 10,000 pairs', async () => {
      const path = `/RegisteredFlavors/${numbered(100, 'type-').join()}/${uuids.slice(0, 100).join()}`;
      const answer = await here.world.as('admin').post(path);
      expect([answer.status, answer.body.registered.length]).toEqual([201, 10_000]);
    });

    it.each([
      [1, 1001, ['registered-flavors.flavor_id.too_many']],
      [101, 1, ['registered-flavors.service_type.too_many']],
      [11, 910, ['registered-flavors.pair.too_many']],
      [
        101,
        1001,
        [
          'registered-flavors.service_type.too_many',
          'registered-flavors.flavor_id.too_many',
          'registered-flavors.pair.too_many',
        ],
      ],
    ])('refuse %d types with %d ids, naming every limit that is broken', async (types, ids, codes) => {
      expect(refusal(await remove(numbered(types, 't'), numbered(ids, 'f')))).toEqual({ status: 400, codes });
    });

    it('count duplicates once', async () => {
      const answer = await remove([...numbered(100, 't'), 't0'], [...numbered(100, 'f'), 'f0', 'f1']);
      expect(refusal(answer)).toEqual({ status: 404, codes: ['registered-flavors.registration.not_found'] });
    });
  });

  describe('of what one body names, and one document changes', () => {
    const admin = () => here.world.as('admin');
    const post = (types: number, ids: readonly string[]) =>
      admin()
        .post('/RegisteredFlavors')
        .send({ service_types: numbered(types, 'b'), flavor_ids: ids });
    const document = (pairs: number, of: string) => ({
      registrations: Object.fromEntries(
        numbered(Math.ceil(pairs / 1000), of).map((type, index) => [
          type,
          uuids.slice(0, Math.min(1000, pairs - index * 1000)),
        ]),
      ),
    });
    const tooMany = { status: 400, codes: ['registered-flavors.pair.too_many'] };
    const everything = (body: object) => admin().put('/Registrations').set('If-Match', '*').send(body);

    it('take 10,000 pairs, of more types and flavors than a URL does', async () => {
      expect((await post(10, uuids).query({ dry_run: true }).expect(201)).body.registered).toHaveLength(10_000);
      expect((await post(5000, uuids.slice(0, 2)).query({ dry_run: true }).expect(201)).body.registered).toHaveLength(
        10_000,
      );
      expect(refusal(await post(73, uuids.slice(0, 137)))).toEqual(tooMany);
      expect(refusal(await post(10_001, ['no-such']))).toEqual(tooMany);
    });

    it('refuse a selector that selects too many, the first of all before Nova is asked', async () => {
      const select = (types: number) =>
        admin()
          .post('/RegisteredFlavors')
          .send({ service_types: numbered(types, 's'), selector: { min_vcpus: 0 } });
      expect(refusal(await select(6))).toEqual(tooMany);
      here.stub.nova.resetRequests();
      expect(refusal(await select(10_001))).toEqual(tooMany);
      expect(here.stub.nova.requests).toEqual([]);
    });

    it('take documents that change 10,000 pairs, however many they have', async () => {
      await admin()
        .patch('/Registrations')
        .send({ registrations: { redis: null } })
        .expect(200); // of the tests before
      await everything({ registrations: {} }).expect(200);
      expect((await everything(document(10_000, 'd')).expect(200)).body.registered).toHaveLength(10_000);
      expect((await everything(document(10_001, 'd')).expect(200)).body).toMatchObject({ unchanged: 10_000 });
      expect(refusal(await everything(document(20_002, 'd')))).toEqual(tooMany); // before all of it has been read
      expect(refusal(await everything(document(1, 'e')))).toEqual(tooMany); // 1 more and 10,001 less
      expect((await everything(document(10_000, 'd')).expect(200)).body.deregistered).toHaveLength(1);
      expect((await everything(document(9000, 'd')).expect(200)).body.deregistered).toHaveLength(1000);
      expect((await everything(document(1, 'e')).expect(200)).body.deregistered).toHaveLength(9000);
    });
  });

  describe('of the URL and the headers', () => {
    it.each([
      ['a URL of 50 KiB', 50 * KIB, 414, 'registered-flavors.uri.too_long'],
      ['a URL of 100 KiB', 100 * KIB, 431, 'registered-flavors.headers.too_large'],
      ['a URL of 5 MiB', 5 * KIB * KIB, 431, 'registered-flavors.headers.too_large'],
    ])('answer %s in JSON', async (_what, length, status, code) => {
      const answer = await sendOnTheWire(here.world.service.url, { path: `/RegisteredFlavors/${'x'.repeat(length)}` });
      expect([answer.status, JSON.parse(answer.body).errors[0].code]).toEqual([status, code]);
    });

    it('answer headers that are too large in JSON', async () => {
      const answer = await sendOnTheWire(here.world.service.url, {
        path: '/',
        headers: { 'X-Auth-Token': 'x'.repeat(1024 * KIB) },
      });
      expect([answer.status, JSON.parse(answer.body).errors[0].code]).toEqual([
        431,
        'registered-flavors.headers.too_large',
      ]);
    });
  });

  describe('of a body that nobody asked for', () => {
    const path = '/RegisteredFlavors/no-body/1000';
    const token = () => ({ 'X-Auth-Token': here.world.tokens.admin });

    it.each([
      ['a small one with a strange type', { 'Content-Type': 'a/b; c=d', 'Content-Length': '3' }, '{"a', 404],
      ['a chunked one', { 'Transfer-Encoding': 'chunked' }, '3\r\n{"a\r\n0\r\n\r\n', 404],
      ['one that is just not too large', { 'Content-Length': String(112 * KIB) }, 'x'.repeat(112 * KIB), 404],
      ['one that is too large', { 'Content-Length': String(112 * KIB + 1) }, 'x'.repeat(112 * KIB + 1), 413],
      [
        'a chunked one that is too large',
        { 'Transfer-Encoding': 'chunked' },
        `${(200 * KIB).toString(16)}\r\n${'x'.repeat(200 * KIB)}\r\n0\r\n\r\n`,
        413,
      ],
      ['one that is announced too large and never sent', { 'Content-Length': '999999999999' }, '', 413],
    ])('leave %s unread', async (_what, headers, body, status) => {
      const answer = await sendOnTheWire(here.world.service.url, {
        method: 'DELETE',
        path,
        headers: { ...token(), ...headers },
        body,
      });
      expect(answer.status).toBe(status);
    });

    it('keep the connection usable for the next request', async () => {
      const get = (connection: string) =>
        `GET / HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`;
      const answers = await exchange(here.world.service.url, get('keep-alive') + get('close'));
      expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    });
  });
});
