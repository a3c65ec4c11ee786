import { runCommand } from '../support/command-line';
import { type StubWorld, startStubWorld } from '../support/stub-world';

describe('events:prune', () => {
  let here: StubWorld;
  beforeEach(async () => {
    here = await startStubWorld();
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2').expect(201);
  });
  afterEach(() => here.world.close());

  const prune = async (...args: string[]) => {
    const environment = { DATABASE_URL: `file:${here.world.service.databaseFile}` };
    const { code: status, ...said } = await runCommand(['events:prune', ...args], environment);
    return { status, ...said };
  };
  const events = async () => (await here.world.as('admin').get('/RegistrationEvents')).body.registration_events.length;

  it('forgets what happened before a time, while the service runs', async () => {
    expect(await prune('--before', '2020-01-01')).toEqual({
      status: 0,
      stdout: '0 events from before 2020-01-01T00:00:00.000Z are forgotten.\n',
      stderr: '',
    });
    expect(await events()).toBe(2);
    expect((await prune('--before', '2100-01-01T00:00:00Z')).stdout).toContain('2 events from before 2100-01-01');
    expect(await events()).toBe(0);
    await here.world.as('admin').get('/RegisteredFlavors/redis/1').expect(200);
  });

  it.each([
    [['--before', 'yesterday']],
    [['--before']],
    [['--before', '2020-01-01', '2021-01-01']],
    [['--after', '2020-01-01']],
  ])('says how it is used to who calls it with %j', async (args) => {
    const { status, stdout, stderr } = await prune(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^(registered-flavors does not know .*\nusage: |events:prune --before takes a day like)/);
  });
});
