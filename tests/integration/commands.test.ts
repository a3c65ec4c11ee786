import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { temporaryFolder } from '../store/temporary-folder';
import { runCommand } from '../support/command-line';
import { startStubWorld, type StubWorld, stubEnvironment } from '../support/stub-world';

describe('the command line', () => {
  let here: StubWorld;
  let folder: ReturnType<typeof temporaryFolder>;
  let registry: Record<string, string>;
  beforeEach(async () => {
    here = await startStubWorld();
    folder = temporaryFolder();
    registry = { DATABASE_URL: `file:${here.world.service.databaseFile}` };
    await here.world.as('admin').post('/RegisteredFlavors/redis,mysql/1,2').expect(201);
  });
  afterEach(async () => {
    await here.world.close();
    folder.remove();
  });

  const doctor = (but: Record<string, string> = {}) =>
    runCommand(['doctor'], { ...stubEnvironment(here.stub), ...registry, ...but });
  /** Severity and subject of each finding. */
  const inShort = (stdout: string) =>
    stdout.split('\n').flatMap((line) => /^(OK|WARN|FAIL) +(\w+)/.exec(line)?.slice(1, 3).join(' ') ?? []);

  describe('of the registry', () => {
    it('backs up beside the service, and restores when it has stopped; OpenStack is not needed', async () => {
      const backup = folder.in('backup.db');
      expect(await runCommand(['backup', backup], registry)).toEqual({
        ...{ code: 0, stderr: '' },
        stdout: expect.stringMatching(
          /^4 registrations \(2 flavors, 2 service types\) and 4 events are in ".*backup.db" /,
        ),
      });
      await here.world.as('admin').delete('/RegisteredFlavors/redis,mysql/1,2').expect(200);
      expect(await runCommand(['restore', backup], registry)).toEqual({
        ...{ code: 1, stdout: '' },
        stderr: expect.stringContaining('open: stop it first. Nothing was changed.'),
      });
      await here.world.service.restart({}, async () => {
        const { code, stdout } = await runCommand(['restore', backup], registry);
        expect([code, stdout]).toEqual([
          0,
          expect.stringMatching(/are restored from .*\nWhat was there before is in "/),
        ]);
      });
      const { body } = await here.world.as('admin').get('/Registrations').expect(200);
      expect(body.registrations).toEqual({ mysql: ['1', '2'], redis: ['1', '2'] });
    });

    it('migrates, and says whether that is needed', async () => {
      const own = { DATABASE_URL: `file:${folder.in('new.db')}` };
      const outcomes = [];
      for (const args of [['migrate', '--check'], ['migrate'], ['migrate'], ['migrate', '--check']])
        outcomes.push(await runCommand(args, own));
      expect(outcomes.map(({ code, stdout, stderr }) => [code, stdout + stderr])).toEqual([
        [1, 'There is no registry yet: the first start makes it.\n'],
        [0, 'A new, empty registry was made.\n'],
        [0, 'The registry was up to date.\n'],
        [0, 'The registry is up to date.\n'],
      ]);
    });

    it('says what is wrong with DATABASE_URL, and how it is used', async () => {
      const wrong = await runCommand(['migrate'], { DATABASE_URL: 'postgres://u:secret@h/db' });
      expect([wrong.code, wrong.stderr]).toEqual([78, expect.stringContaining('DATABASE_URL must begin with "file:"')]);
      expect(wrong.stderr).not.toContain('secret');
      for (const args of [
        ['backup'],
        ['backup', 'a', 'b'],
        ['restore', '--force'],
        ['migrate', '--now'],
        ['constructor'],
      ])
        expect(await runCommand(args, registry)).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(new RegExp(`^registered-flavors does not know "${args.join(' ')}".\nusage: `)),
        });
    });

    it('does not take settings that cannot be read for none', async () => {
      mkdirSync(folder.in('.env'));
      for (const [command, ends] of [
        ['serve', 78],
        ['doctor', 1], // it has found what is wrong
        ['migrate', 78],
      ] as const) {
        const { code, stdout, stderr } = await runCommand([command], {}, folder.path);
        expect([code, stdout + stderr]).toEqual([
          ...[ends, expect.stringContaining('The file .env of this folder cannot be read (EISDIR).')],
        ]);
        expect(stdout + stderr).not.toMatch(/\n +at /);
      }
      expect(readdirSync(folder.path)).toEqual(['.env']);
      rmdirSync(folder.in('.env'));
      writeFileSync(folder.in('.env'), "DATABASE_URL='file:a b.db' # ours\n");
      expect(await runCommand(['migrate'], {}, folder.path)).toMatchObject({ code: 0 });
      expect(await runCommand(['migrate'], { DATABASE_URL: 'file:c.db' }, folder.path)).toMatchObject({ code: 0 });
      expect(readdirSync(folder.path).sort()).toEqual(['.env', 'a b.db', 'c.db']);
    });

    it('says how it is used, and which version it is, to whoever asks', async () => {
      const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
      expect(await runCommand(['--version'], {})).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
      for (const word of ['--help', '-h', 'help'])
        expect(await runCommand([word], {})).toMatchObject({ code: 0, stdout: expect.stringMatching(/^usage: /) });
    });
  });

  describe('doctor', () => {
    it('finds nothing where all is well, and changes nothing', async () => {
      const { code, stdout, stderr } = await doctor();
      expect([code, stderr, inShort(stdout)]).toEqual([
        ...[0, ''],
        ['OK node', 'OK settings', 'OK registry', 'OK keystone', 'OK nova', 'OK flavors'],
      ]);
      expect(stdout).toContain('4 registrations (2 flavors, 2 service types), 4 events');
      expect(here.stub.nova.writes).toBe(0);
    });

    it('tells of flavors that Nova has lost or changed, and of a registry that is not there yet', async () => {
      here.stub.nova.remove('1');
      here.stub.nova.change('2', { ram: 1 });
      const { code, stdout } = await doctor();
      expect([code, inShort(stdout).at(-1)]).toEqual([0, 'WARN flavors']);
      expect(stdout).toContain('Of 2 registered flavors Nova has lost 1, and 1 are of another size.');
      const none = await doctor({ DATABASE_URL: `file:${folder.in('none.db')}` });
      expect([none.code, inShort(none.stdout)]).toEqual([
        0,
        ['OK node', 'OK settings', 'WARN registry', 'OK keystone', 'OK nova'],
      ]);
    });

    it.each<[string, () => unknown, Record<string, string>, string[], RegExp]>([
      [
        'a wrong password',
        () => undefined,
        { OS_PASSWORD: 'wrong-secret' },
        ['FAIL keystone'],
        /refused this service's own login/,
      ],
      ['no Keystone', () => here.stub.keystone.stops(), {}, ['FAIL keystone'], /cannot be reached/],
      ['no Nova', () => here.stub.nova.stops(), {}, ['OK keystone', 'FAIL nova'], /cannot be reached/],
      [
        'no admin',
        () => here.stub.nova.callerIsNotAdmin(),
        {},
        ['OK keystone', 'FAIL nova'],
        /Give the user the role admin/,
      ],
      [
        'no such region',
        () => undefined,
        { OS_REGION_NAME: 'Nowhere' },
        ['OK keystone', 'FAIL nova'],
        /no public compute endpoint/,
      ],
    ])('says what to do about %s', async (_what, harm, environment, findings, words) => {
      await harm();
      const { code, stdout, stderr } = await doctor({
        ...{
          KEYSTONE_TIMEOUT_MS: '500',
          KEYSTONE_DEADLINE_MS: '1000',
          NOVA_TIMEOUT_MS: '500',
          NOVA_DEADLINE_MS: '1000',
        },
        ...environment,
      });
      expect([code, inShort(stdout), stderr]).toEqual([1, ['OK node', 'OK settings', 'OK registry', ...findings], '']);
      expect(stdout).toMatch(words);
      expect(stdout).toMatch(/-> Check OS_/);
      expect(stdout).not.toContain('wrong-secret');
      if (!here.stub.keystone.isUp) await here.stub.keystone.starts();
      if (!here.stub.nova.isUp) await here.stub.nova.starts();
    });

    it('names every setting that is wrong, and looks at the registry all the same', async () => {
      const { code, stdout } = await runCommand(['doctor'], { ...registry, PORT: 'x' });
      expect([code, inShort(stdout).at(-1)]).toEqual([1, 'OK registry']);
      expect(stdout).toMatch(/PORT must be a whole number[^]*OS_AUTH_URL/);
    });
  });
});
