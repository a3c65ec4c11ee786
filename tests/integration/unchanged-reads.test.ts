import type { Response } from 'supertest';
import { startTestService, type TestService } from '../support/test-service';
import { type StubWorld, startStubWorld, stubEnvironment } from '../support/stub-world';

const PATH = '/RegisteredFlavors/redis';

describe.each(['false', 'true'])('a read of what has not changed, with VALIDATE_RESPONSES=%s', (validate) => {
  let here: StubWorld;
  let other: TestService | undefined;
  let now: number;
  const clock = { now: () => now, monotonic: () => now };
  beforeEach(async () => {
    now = Date.now();
    other = undefined;
    here = await startStubWorld({ FLAVOR_TTL_SECONDS: '30', VALIDATE_RESPONSES: validate }, { clock });
    await here.world.as('admin').post(`${PATH}/1,2,priv-demo`).expect(201);
  });
  afterEach(async () => {
    await other?.close();
    await here.world.close();
  });

  const read = (path = PATH, headers: Record<string, string> = {}) => here.world.as('member').get(path).set(headers);
  const asked = () => here.stub.nova.requests.length;
  const told = ({ status, headers }: Response) => [status, headers['etag'], headers['cache-status']];

  it('is 304 to who has it, with the headers of the 200 and without a body', async () => {
    const first = await read().expect(200);
    const etag = first.headers['etag'] ?? '';
    const again = await read(PATH, { 'If-None-Match': `"other", ${etag}` });

    expect([etag, again.status, again.text]).toEqual([expect.stringMatching(/^"[\w-]{43}"$/), 304, '']);
    for (const name of ['etag', 'vary', 'cache-control', 'openstack-api-version']) {
      expect([name, again.headers[name]]).toEqual([name, first.headers[name]]);
    }
    expect(again.headers).not.toHaveProperty('content-type');
  });

  it.each([
    ['another ETag', { 'If-None-Match': '"another"' }, 200],
    ['its ETag without quotes', { 'If-None-Match': 'another' }, 200],
    ['any ETag', { 'If-None-Match': '*' }, 304],
    ['a date only', { 'If-Modified-Since': new Date(2100, 1).toUTCString() }, 200],
  ])('is as RFC 9110 says to who has %s', async (_, headers, status) => {
    expect((await read(PATH, headers)).status).toBe(status);
  });

  it.each(['gzip', 'br'])(
    'is 304 to its ETag as Apache writes it when it has compressed the body: -%s',
    async (coding) => {
      const { etag } = (await read(PATH)).headers as { etag: string };
      const compressed = etag.replace(/"$/, `-${coding}"`);
      expect((await read(PATH, { 'If-None-Match': compressed })).status).toBe(304);
      expect((await read(PATH, { 'If-None-Match': compressed.replace('-', '--') })).status).toBe(200);
    },
  );

  it('is 304 to a weak form of its ETag, and 200 to who wants it anew', async () => {
    const { etag = '' } = (await read()).headers as { etag?: string };

    expect((await read(PATH, { 'If-None-Match': `W/${etag}` })).status).toBe(304);
    expect((await read(PATH, { 'If-None-Match': etag, 'Cache-Control': 'no-cache' })).status).toBe(200);
  });

  it('has for HEAD the headers of GET', async () => {
    const got = await read();
    const head = await here.world.as('member').head(PATH);

    for (const name of ['etag', 'content-length', 'content-type', 'vary', 'cache-control']) {
      expect([name, head.headers[name]]).toEqual([name, got.headers[name]]);
    }
    const { etag = '' } = got.headers as { etag?: string };
    expect((await here.world.as('member').head(PATH).set('If-None-Match', etag)).status).toBe(304);
  });

  it('asks Nova nothing, and says for how long what is known is good', async () => {
    const first = await read();
    here.stub.nova.resetRequests();
    now += 12_000;
    const second = await read();

    expect([told(first)[2], told(second)[2], asked()]).toEqual([
      'registered-flavors; fwd=stale', // the registration had learned no access list
      'registered-flavors; hit; ttl=18',
      0,
    ]);
  });

  it('is the same to the last byte when Nova was asked again and said the same', async () => {
    const first = await read();
    now += 30_000;
    const second = await read();

    expect(told(second)).toEqual([200, first.headers['etag'], 'registered-flavors; fwd=stale']);
    expect(second.text).toBe(first.text);
  });

  it('says that what it needs was not known', async () => {
    await here.world.service.restart();

    expect(told(await read())[2]).toBe('registered-flavors; fwd=miss');
    expect(told(await read('/RegisteredFlavors/nothing'))[2]).toBe('registered-flavors; hit');
  });

  it('is another one as soon as Nova has said something else', async () => {
    const { etag = '' } = (await read()).headers as { etag?: string };
    here.stub.nova.change('1', { ram: 77 });
    expect((await read(PATH, { 'If-None-Match': etag })).status).toBe(304);
    await here.world.as('admin').post('/RegisteredFlavors/mysql/1').expect(201); // asks Nova itself

    const changed = await read(PATH, { 'If-None-Match': etag });
    expect([changed.status, changed.text.includes('"ram":77')]).toEqual([200, true]);
  });

  it('is another one at once when the registry changes, whoever writes', async () => {
    const first = await read();
    await here.world.as('admin').delete(`${PATH}/2`).expect(200);
    const second = await read();
    other = await startTestService({
      ...stubEnvironment(here.stub),
      DATABASE_URL: `file:${here.world.service.databaseFile}`,
    });
    await fetch(`${other.url}${PATH}/2`, { method: 'POST', headers: { 'X-Auth-Token': here.world.tokens.admin } });
    const third = await read();

    expect(second.headers['etag']).not.toBe(first.headers['etag']);
    expect(third.headers['etag']).toBe(first.headers['etag']);
  });

  it('is untouched by what happens to other types', async () => {
    const first = await read();
    await here.world.as('admin').post('/RegisteredFlavors/mysql/1,2,3').expect(201);
    here.stub.nova.resetRequests();
    const second = await read();

    expect([second.headers['etag'], second.text]).toEqual([first.headers['etag'], first.text]);
  });
});
