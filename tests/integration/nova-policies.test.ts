import { runCommand } from '../support/command-line';
import { refusal } from '../support/expectations';
import { startStubWorld, type StubWorld, stubEnvironment } from '../support/stub-world';

const EXTRA_SPECS = 'os_compute_api:os-flavor-extra-specs:index';
const WITHHELD = { status: 503, codes: ['registered-flavors.nova.extra_specs_withheld'] };
/** No answer is remembered for the next read. */
const ALWAYS_ASKED = { FLAVOR_TTL_SECONDS: '0', FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: '0' };
const KEPT = { ...ALWAYS_ASKED, FLAVOR_MAX_STALE_SECONDS: '3600' };

describe('policies of Nova that withhold something from the service’s user', () => {
  let here: StubWorld;
  const as = (who: 'admin' | 'member') => here.world.as(who);
  const doctor = (but: Record<string, string> = {}) =>
    runCommand(['doctor'], {
      ...{ ...stubEnvironment(here.stub), DATABASE_URL: `file:${here.world.service.databaseFile}` },
      ...but,
    });

  beforeEach(async () => {
    here = await startStubWorld(ALWAYS_ASKED);
  });
  afterEach(async () => {
    expect(here.stub.nova.writes).toBe(0);
    await here.world.close();
  });

  describe('extra_specs', () => {
    const read = async (query = '', who: 'admin' | 'member' = 'admin') => {
      const { body, headers } = await as(who).get(`/RegisteredFlavors/redis${query}`).expect(200);
      const shown = (
        body.registered_flavors as { flavor_id: string; status: string; flavor: { extra_specs: unknown } }[]
      ).map(({ flavor_id, status, flavor }) => [flavor_id, status, flavor.extra_specs]);
      return { shown, etag: headers['etag'] };
    };

    it('are null then, neither none nor a change, and are shown again when they are told again', async () => {
      await as('admin').post('/RegisteredFlavors/redis/1,db.redis.large').expect(201);
      const before = await read();
      const allow = here.stub.nova.policyRefuses(EXTRA_SPECS);
      const during = await read();
      expect(during.shown).toEqual([
        ['1', 'available', null],
        ['db.redis.large', 'available', null],
      ]);
      expect(await read('?status=changed,missing')).toMatchObject({ shown: [] });
      await as('admin').post('/RegisteredFlavors/mysql/2').expect(201);
      allow();
      const after = await read();
      expect(after).toEqual(before);
      expect(after.shown).toEqual([
        ['1', 'available', {}],
        ['db.redis.large', 'available', { service_type: 'redis', 'hw:cpu_policy': 'dedicated' }],
      ]);
      expect(during.etag).not.toBe(before.etag);
    });

    it('cannot be selected by, in a query and in a body: it says so, and which policy it is', async () => {
      await as('admin').post('/RegisteredFlavors/redis/1,db.redis.large').expect(201);
      here.stub.nova.policyRefuses(EXTRA_SPECS);
      const selector = { name: 'db.*', extra_specs: { 'hw:cpu_policy': 'dedicated' } };
      const bySpecs = [
        await as('admin').get('/RegisteredFlavors/redis?extra_spec=hw:cpu_policy:dedicated'),
        await as('member').get('/RegisteredFlavors?extra_spec=hw:cpu_policy:dedicated'),
        await as('admin')
          .post('/RegisteredFlavors')
          .send({ service_types: ['mysql'], selector }),
      ];
      for (const answer of bySpecs) {
        expect([refusal(answer), answer.headers['retry-after']]).toEqual([WITHHELD, '60']);
        expect(answer.body.errors[0].detail).toContain(EXTRA_SPECS);
      }
      expect((await as('admin').get('/Registrations')).body.registrations).toEqual({ redis: ['1', 'db.redis.large'] });
    });

    it('do not matter to a selector that needs none, or that the rest decides', async () => {
      await as('admin').post('/RegisteredFlavors/redis/1,db.redis.large').expect(201);
      here.stub.nova.policyRefuses(EXTRA_SPECS);
      expect((await read('?name=db.*')).shown).toEqual([['db.redis.large', 'available', null]]);
      expect((await read('?name=nothing&extra_spec=a:b')).shown).toEqual([]);
      await as('admin')
        .post('/RegisteredFlavors')
        .send({ service_types: ['mysql'], selector: { name: 'm1.*' } })
        .expect(201);
    });

    it('keep the access lists of private flavors when Nova ceases to tell them, and when it tells them again', async () => {
      await here.world.service.restart(KEPT);
      await as('admin').post('/RegisteredFlavors/redis/priv-demo').expect(201);
      const specs = { service_type: 'mysql' };
      expect((await read('', 'member')).shown).toEqual([['priv-demo', 'available', specs]]);
      here.stub.nova.fails(500, { path: /os-flavor-access$/ }); // only what is remembered is there
      const allow = here.stub.nova.policyRefuses(EXTRA_SPECS);
      expect((await read('', 'member')).shown).toEqual([['priv-demo', 'available', null]]);
      allow();
      expect((await read('', 'member')).shown).toEqual([['priv-demo', 'available', specs]]);
    });

    it('are null, too, after a restart while Nova is away', async () => {
      here.stub.nova.policyRefuses(EXTRA_SPECS);
      await here.world.service.restart(KEPT);
      await as('admin').post('/RegisteredFlavors/redis/1').expect(201);
      await here.world.service.restart(KEPT, () => here.stub.nova.stops()); // what Nova said is kept at the end
      expect((await read()).shown).toEqual([['1', 'available', null]]);
      expect(refusal(await as('admin').get('/RegisteredFlavors/redis?extra_spec=a:b'))).toEqual(WITHHELD);
    });
  });

  describe('doctor', () => {
    const linesOf = (stdout: string) => stdout.split('\n').filter((line) => !/^OK {4}/.test(line) && line !== '');

    it('names the policy that withholds extra specs: everything else works', async () => {
      here.stub.nova.policyRefuses(EXTRA_SPECS);
      const { code, stdout } = await doctor();
      expect([code, linesOf(stdout)]).toEqual([
        0,
        [
          expect.stringMatching(
            /^WARN {2}nova .*extra specs of flavors: its policy os_compute_api:os-flavor-extra-specs:index refuses/,
          ),
          expect.stringMatching(
            /^ +-> Let a role of the service's user through os_compute_api:os-flavor-extra-specs:index /,
          ),
        ],
      ]);
    });

    it('names the policy that withholds who may use private flavors, as the log does', async () => {
      here.stub.nova.policyRefuses('os_compute_api:os-flavor-access');
      const { code, stdout } = await doctor();
      expect([code, linesOf(stdout)]).toEqual([
        1,
        [
          expect.stringMatching(/^FAIL {2}nova .*\(403\): its policy os_compute_api:os-flavor-access refuses.*hidden/),
          expect.stringMatching(/^ +-> .*os_compute_api:os-flavor-access in Nova's policy files \(by default admin\)/),
        ],
      ]);
      await as('admin').post('/RegisteredFlavors/redis/priv-demo,1').expect(201);
      const { body } = await as('member').get('/RegisteredFlavors/redis').expect(200);
      expect(body.registered_flavors).toMatchObject([{ flavor_id: '1' }]);
      expect(here.world.service.log.join('')).toMatch(
        /access to private flavors[^\n]*its policy os_compute_api:os-flavor-access/,
      );
    });

    it('does not take that everybody may validate his own token for the right to validate others', async () => {
      here.stub.keystone.addUser('validates-nobody', 'service', ['reader']);
      const { username, password, projectName } = here.stub.keystone.credentials('validates-nobody');
      const { code, stdout } = await doctor({
        ...{ OS_USERNAME: username, OS_PASSWORD: password, OS_PROJECT_NAME: projectName },
      });
      expect(code).toBe(1);
      expect(stdout).toMatch(
        /FAIL {2}keystone .*\(403\).*identity:validate_token asks for, by default service or admin/,
      );
      expect(stdout).not.toContain('may validate tokens.');
    });

    it.each([
      ['is_public, of a Nova before Ussuri', 'os-flavor-access:is_public', /os_compute_api:os-flavor-access refuses/],
      ['what no policy withholds', 'ram', /FAIL {2}nova {6}Nova sent a flavor whose ram is missing or wrong\.\n/],
    ])('says what is missing: %s', async (_what, field, words) => {
      const flavor = { id: '1', name: 'n', description: null, ram: 1, vcpus: 1, disk: 1, swap: 0, extra_specs: {} };
      const whole = { ...flavor, 'OS-FLV-EXT-DATA:ephemeral': 0, 'os-flavor-access:is_public': true };
      const flavors = [Object.fromEntries(Object.entries(whole).filter(([name]) => name !== field))];
      here.stub.nova.fails(200, { body: { flavors }, path: /detail\?is_public=None/ });
      const { code, stdout } = await doctor();
      expect([code, stdout]).toEqual([1, expect.stringMatching(words)]);
    });
  });
});
