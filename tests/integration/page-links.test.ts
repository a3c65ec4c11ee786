import { listed } from '../support/expectations';
import { type StubWorld, startStubWorld } from '../support/stub-world';

/** Links of pages, and queries as clients' libraries write them. */
describe('the query of a page', () => {
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld();
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2,db%20big%20memory').expect(201);
  });
  afterAll(() => here.world.close());

  const ids = async (query: string) =>
    listed(await here.world.as('admin').get(`/RegisteredFlavors?${query}`).expect(200)).map(({ id }) => id);

  it.each(['db+big+memory', 'db%20big%20memory'])('may write the space of an id as %s', async (written) => {
    expect(await ids(`flavor_ids=${written},1`)).toEqual(['1', 'db big memory']);
    expect(await ids(`marker=${written}`)).toEqual([]);
  });

  it('may repeat a list, as generated clients and python-requests do, or write it with commas, and not both', async () => {
    expect(await ids('flavor_ids=1&flavor_ids=2')).toEqual(['1', '2']);
    expect(await ids('status=missing&status=changed')).toEqual([]);
    const mixed = await here.world.as('admin').get('/RegisteredFlavors?flavor_ids=1,2&flavor_ids=3');
    expect([mixed.status, mixed.text]).toEqual([400, expect.stringContaining('Item 1 of flavor_ids is \\"1,2\\".')]);
  });

  it('does not name in the next link the ids that are passed, so that it fits wherever the first one did', async () => {
    const { body } = await here.world
      .as('admin')
      .get('/RegisteredFlavors?flavor_ids=1,2,db+big+memory&limit=1')
      .expect(200);

    expect(body.links).toEqual([
      { rel: 'self', href: 'RegisteredFlavors?flavor_ids=1,2,db%20big%20memory&limit=1' },
      { rel: 'next', href: 'RegisteredFlavors?flavor_ids=2,db%20big%20memory&limit=1&marker=1' },
    ]);
    expect(await ids(String(body.links[1].href).split('?')[1]!)).toEqual(['2']);
  });

  it.each(['', '/flavors', '/a/b'])('is the same by RFC 3986 and behind the endpoint, under "%s"', async (prefix) => {
    const pages = ['/RegisteredFlavors?limit=1', '/RegistrationEvents?limit=1'];
    for (const path of pages) {
      const { body } = await here.world.as('admin').get(path).expect(200);
      for (const { href } of body.links as { href: string }[]) {
        expect(new URL(href, `http://x${prefix}${path}`).href).toBe(`http://x${prefix}/${href}`);
        await here.world.as('admin').get(`/${href}`).expect(200);
      }
    }
  });

  it('is the same however it is followed: what selects survives the link', async () => {
    const spec = encodeURIComponent('trait:CUSTOM a&b=c,d;e+f%?:*');
    const { body } = await here.world
      .as('admin')
      .get(`/RegisteredFlavors?extra_spec=${spec}&name=${encodeURIComponent('*ü ?,&=+%*')}&min_ram=1`)
      .expect(200);
    const query = new URL(String(body.links[0].href), 'http://x/').searchParams;

    expect([query.get('extra_spec'), query.get('name'), query.get('min_ram'), query.get('limit')]).toEqual([
      'trait:CUSTOM a&b=c,d;e+f%?:*',
      '*ü ?,&=+%*',
      '1',
      '1000',
    ]);
  });
});
