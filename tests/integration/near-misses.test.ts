import { listed } from '../support/expectations';
import { type StubWorld, startStubWorld } from '../support/stub-world';

describe('who has mistyped', () => {
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld();
    await here.world.as('admin').post('/RegisteredFlavors/mongodb/1').expect(201);
    await here.world.service.restart({ SERVICE_TYPES: 'redis, mysql' });
  });
  afterAll(() => here.world.close());

  const told = async (path: string, method: 'get' | 'post' = 'get') => {
    const { status, body } = await here.world.as('admin')[method](path);
    return [status, ...(body as { errors: { detail: string }[] }).errors.map(({ detail }) => detail)];
  };

  it('a query parameter hears of each that is unknown, and which was meant', async () => {
    const only = 'This operation takes no query parameter';
    expect(await told('/RegisteredFlavors/redis?project-id=a&marker=b&project_id=c')).toEqual([
      400,
      `${only} "project-id". Did you mean "project_id"?`,
      `${only} "marker". It takes: project_id, flavor_ids, name, extra_spec, min_vcpus, min_ram, min_disk, is_public, status, hydrate.`,
    ]);
    expect(await told('/RegisteredFlavors/redis/1?dry-run=true', 'post')).toEqual([
      400,
      `${only} "dry-run". Did you mean "dry_run"?`,
    ]);
  });

  it('a service type hears which one was meant where the list is closed, and nothing is written', async () => {
    const not = 'is not among the service types that flavors are registered for here.';
    expect(await told('/RegisteredFlavors/redi,mysql,postgresql/1,2', 'post')).toEqual([
      400,
      `"redi" ${not} Did you mean "redis"?`,
      `"postgresql" ${not} One of these: redis, mysql.`,
    ]);
    expect(listed(await here.world.as('admin').get('/RegisteredFlavors/redi,mysql,postgresql'))).toEqual([]);
    await here.world.as('admin').post('/RegisteredFlavors/redis,mysql/1').expect(201);
  });

  it('declares what stands outside of the closed list, and nothing new', async () => {
    const declare = (registrations: object) =>
      here.world.as('admin').patch('/Registrations').query({ dry_run: true }).send({ registrations });
    expect((await declare({ mongodb: ['1'], redis: ['2'] }).expect(200)).body.unchanged).toBe(1);
    expect((await declare({ mongodb: null }).expect(200)).body.deregistered).toHaveLength(1);
    const { body } = await declare({ mongodb: ['1', '2'], redis: null }).expect(400);
    expect(body.errors.map(({ code }: { code: string }) => code)).toEqual([
      'registered-flavors.service_type.not_offered',
    ]);
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`redis-${index}`, ['1']]));
    const { errors } = (await declare(many).expect(400)).body;
    expect([errors.length, errors.at(-1).detail]).toEqual([100, '4901 more service types are not among them, either.']);
  });

  it('reads and deregisters what stands outside of the closed list', async () => {
    expect(listed(await here.world.as('member').get('/RegisteredFlavors/mongodb'))).toHaveLength(1);
    await here.world.as('admin').delete('/RegisteredFlavors/mongodb/1').expect(200);
  });

  it.each([
    ['flavor_ids=1,,2', 'Item 2 of flavor_ids is empty. A flavor ID is 1 to 255 letters'],
    ['flavor_ids=', 'The query parameter flavor_ids must not be empty.'],
    ['extra_spec=hw', 'The query parameter extra_spec/0 must be key:value.'],
    ['min_vcpus=many', 'The query parameter min_vcpus must be one whole number.'],
    ['min_vcpus=1&min_vcpus=2', 'The query parameter min_vcpus must be one whole number.'],
    ['min_ram=-1', 'The query parameter min_ram must be at least 0.'],
    ['is_public=yes', 'The query parameter is_public must be true or false, once.'],
    ['name=a&name=b', 'The query parameter name must be given once.'],
  ])('the value of ?%s hears what would be right', async (query, detail) => {
    expect(await told(`/RegisteredFlavors/redis?${query}`)).toEqual([400, expect.stringContaining(detail)]);
  });
});
