import { manyFlavors } from '../../src/stub/stub-flavors';
import { listed, refusal } from '../support/expectations';
import { startStubWorld, type StubWorld } from '../support/stub-world';

describe('looking at Nova', () => {
  let here: StubWorld;
  /** What was asked about flavors; the probe of who we are is not. */
  const flavorRequests = () =>
    here.stub.nova.requests.filter(
      ({ path, target }) => path.startsWith('/v2.1/flavors') && !target.includes('is_public=maybe'),
    );

  afterEach(async () => {
    expect(here.stub.nova.writes).toBe(0); // whatever happened: nothing but GET went to Nova
    await here.world.close();
  });

  it('answers reads within FLAVOR_TTL_SECONDS without asking again', async () => {
    here = await startStubWorld({ FLAVOR_TTL_SECONDS: '30' });
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2').expect(201);
    here.stub.nova.resetRequests();

    await here.world.as('admin').get('/RegisteredFlavors/redis').expect(200);
    expect(flavorRequests()).toEqual([]); // what the registration has just learned is good for the reads after it

    await here.world.as('member').get('/RegisteredFlavors/redis').expect(200);
    await here.world.as('reader').get('/RegisteredFlavors/redis').expect(200);
    expect(flavorRequests()).toEqual([]); // both are public: there is nothing else that a member would need to know
  });

  it('asks for all that there is when a selector selects, page by page, and registers nothing of a list that makes no sense', async () => {
    here = await startStubWorld({}, { flavors: manyFlavors(1200) });
    here.stub.nova.shortPages(500);
    const select = (selector: object) =>
      here.world
        .as('admin')
        .post('/RegisteredFlavors')
        .send({ service_types: ['redis'], selector });
    const [, , third] = here.stub.nova.flavors;
    expect((await select({ name: third!.name }).expect(201)).body.registered).toHaveLength(1);
    expect(flavorRequests().map(({ path }) => path)).toEqual([
      ...Array(3).fill('/v2.1/flavors/detail'),
      `/v2.1/flavors/${third!.id}`,
    ]);

    here.stub.nova.change(here.stub.nova.flavors.at(-1)!.id, { vcpus: 'many' as unknown as number });
    expect(refusal(await select({ name: third!.name }))).toEqual({
      status: 502,
      codes: ['registered-flavors.nova.bad_answer'],
    });
  });

  it('warns once at the start when tokens go where they can be read, and not on this machine', async () => {
    here = await startStubWorld();
    const warned = () =>
      here.world.service.log.filter((line) => line.includes('plain http')).map((line) => JSON.parse(line));
    const untilSeen = async (text: string) => {
      while (!here.world.service.log.some((line) => line.includes(text)))
        await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await untilSeen('OpenStack is there');
    expect(warned()).toEqual([]);
    const elsewhere = here.stub.authUrl.replace('127.0.0.1', '0.0.0.0'); // this machine too, but who would know
    await here.world.service.restart({ OS_AUTH_URL: elsewhere });
    await untilSeen('plain http');
    await here.world.as('admin').get('/RegisteredFlavors/redis').expect(200);
    expect(warned()).toEqual([expect.objectContaining({ level: 'warn', exposed: [elsewhere] })]);
  });

  it('asks Nova itself for every registration, also for what was read a moment ago', async () => {
    here = await startStubWorld({ FLAVOR_TTL_SECONDS: '30' });
    await here.world.as('admin').post('/RegisteredFlavors/redis/1').expect(201);
    await here.world.as('admin').get('/RegisteredFlavors/redis').expect(200);
    here.stub.nova.remove('1');

    const answer = await here.world.as('admin').post('/RegisteredFlavors/mysql/1');

    expect(refusal(answer)).toEqual({ status: 404, codes: ['registered-flavors.flavor.not_found'] });
    expect(listed(await here.world.as('admin').get('/RegisteredFlavors/redis'))).toEqual([
      { id: '1', types: ['redis'], status: 'missing' },
    ]);
  });

  it('asks once for many who read the same at the same time', async () => {
    here = await startStubWorld({ FLAVOR_TTL_SECONDS: '30' });
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2,3').expect(201);
    const { url } = here.world.service;
    await here.world.service.restart();
    expect(here.world.service.url).not.toBe(url);
    here.stub.nova.resetRequests();
    here.stub.nova.isSlow(50);

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => here.world.as('member').get('/RegisteredFlavors/redis')),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(flavorRequests()).toHaveLength(3);
  });

  it('answers 503 to everything that needs Nova while Nova does not take its user for an admin', async () => {
    here = await startStubWorld();
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,priv-none').expect(201);
    here.stub.nova.callerIsNotAdmin();
    await here.world.service.restart();
    const notAdmin = { status: 503, codes: ['registered-flavors.nova.not_admin'] };

    expect(refusal(await here.world.as('admin').get('/RegisteredFlavors/redis'))).toEqual(notAdmin);
    expect(refusal(await here.world.as('admin').post('/RegisteredFlavors/redis/no-such'))).toEqual(notAdmin);
    await here.world.as('admin').delete('/RegisteredFlavors/redis/1').expect(200);
    expect(here.world.service.log.some((line) => line.includes('Give the user the role admin'))).toBe(true);
  });

  it('hides a private flavor while its access list cannot be read, and shows the rest', async () => {
    here = await startStubWorld();
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,priv-demo').expect(201);
    const seen = async () => listed(await here.world.as('member').get('/RegisteredFlavors/redis')).map(({ id }) => id);
    expect(await seen()).toEqual(['1', 'priv-demo']);

    const undo = here.stub.nova.fails(500, { path: /os-flavor-access$/ });
    expect(await seen()).toEqual(['1']);
    undo();
    expect(await seen()).toEqual(['1', 'priv-demo']);
  });

  it('never shows a private flavor to a project that was let use another one with the same id', async () => {
    here = await startStubWorld({ FLAVOR_TTL_SECONDS: '30' });
    const { nova, keystone } = here.stub;
    const create = (name: string, projects: string[]) =>
      nova.add({ id: 'x', name, ram: 1, vcpus: 1, disk: 1, is_public: false, projects });
    const seen = async () =>
      (await here.world.as('member').get('/RegisteredFlavors/redis')).body.registered_flavors.map(
        ({ flavor }: { flavor: { name: string } }) => flavor.name,
      );
    create('never granted', []);
    await here.world.as('admin').post('/RegisteredFlavors/redis/x').expect(201);
    nova.remove('x');
    create('granted', [keystone.projectId('demo')]);
    expect(await seen()).toEqual(['granted']);

    nova.remove('x');
    create('closed again', [keystone.projectId('other')]);
    await here.world.as('admin').post('/RegisteredFlavors/redis/x').expect(200);
    expect(await seen()).toEqual([]);
  });

  it('refuses a member before Nova is asked', async () => {
    here = await startStubWorld();
    here.stub.nova.resetRequests();
    await here.world.as('member').post('/RegisteredFlavors/redis/1').expect(403);
    expect(flavorRequests()).toEqual([]);
  });

  it('never gives a partial list: when one flavor cannot be learned, the read fails', async () => {
    here = await startStubWorld();
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2,3').expect(201);
    here.stub.nova.fails(500, { path: /flavors\/2$/ });
    const answer = await here.world.as('member').get('/RegisteredFlavors/redis');
    expect(refusal(answer)).toEqual({ status: 502, codes: ['registered-flavors.nova.bad_answer'] });
  });

  it('writes nothing when Nova fails in the middle of a registration', async () => {
    here = await startStubWorld();
    const undo = here.stub.nova.fails(500, { path: /flavors\/2$/ });
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2,3').expect(502);
    undo();
    expect(listed(await here.world.as('admin').get('/RegisteredFlavors/redis'))).toEqual([]);
  });

  it('goes on when its own token is refused midway', async () => {
    here = await startStubWorld();
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2,3').expect(201);
    here.stub.nova.rejectsTokens({ times: 2 });
    expect(listed(await here.world.as('member').get('/RegisteredFlavors/redis'))).toHaveLength(3);
  });

  it('reads 1,500 flavors of 2,000 in one walk', async () => {
    here = await startStubWorld({}, { flavors: manyFlavors(2000) });
    const ids = manyFlavors(1500).map(({ id }) => encodeURIComponent(id));
    await here.world
      .as('admin')
      .post(`/RegisteredFlavors/redis/${ids.slice(0, 750).join()}`)
      .expect(201);
    await here.world
      .as('admin')
      .post(`/RegisteredFlavors/redis/${ids.slice(750).join()}`)
      .expect(201);
    here.stub.nova.resetRequests();

    const answer = await here.world.as('admin').get('/RegisteredFlavors/redis');

    expect(listed(answer)).toHaveLength(1500);
    expect(flavorRequests().map(({ path }) => path)).toEqual(['/v2.1/flavors/detail', '/v2.1/flavors/detail']);
  });

  it('finds a flavor whose id is detail, which no path can carry', async () => {
    here = await startStubWorld(
      {},
      { flavors: [...manyFlavors(20), { id: 'detail', name: 'd', ram: 1, vcpus: 1, disk: 1 }] },
    );
    await here.world.as('admin').post('/RegisteredFlavors/redis/detail').expect(201);
    expect(listed(await here.world.as('member').get('/RegisteredFlavors/redis'))).toEqual([
      { id: 'detail', types: ['redis'], status: 'available' },
    ]);
  });
});
