import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { StubKeystone } from '../../src/stub/stub-keystone';
import { aCall, connect, type ClientOptions } from './support/clients';
import { outcomeOf } from './support/expectations';
import { until } from '../support/until';

let cloud: StubCloud;

beforeEach(async () => {
  cloud = await startStubCloud();
});

afterEach(async () => {
  await cloud.close();
});

function getFlavor(id: string, endpoint: ClientOptions['endpoint'] = {}) {
  return connect(cloud, { endpoint }).nova.getFlavor(id, aCall());
}

function discover(endpoint: ClientOptions['endpoint'] = {}) {
  return connect(cloud, { endpoint }).nova.discover(aCall());
}

function discoveries(): number {
  return cloud.nova.requests.filter(({ target }) => target === '/v2.1/').length;
}

const unavailable = { kind: 'unavailable', code: 'registered-flavors.nova.unavailable' };

describe('Nova’s endpoint in the catalog', () => {
  const project = () => cloud.keystone.projectId('service');

  it.each([
    ['with its version', () => '/v2.1'],
    ['with a slash at the end', () => '/v2.1/'],
    ['with our project', () => `/v2.1/${project()}`],
    ['with our project and a slash', () => `/v2.1/${project()}/`],
    ['of the old version', () => '/v2'],
    ['of the old version with our project', () => `/v2/${project()}`],
    ['without a version', () => ''],
    ['without a version, with a slash', () => '/'],
  ])('may be written %s', async (_, path) => {
    const base = `http://127.0.0.1:${cloud.nova.port}`;
    cloud.keystone.addRegion('Odd', `${base}${path()}`);

    expect((await getFlavor('1', { region: 'Odd' }))?.id).toBe('1');
    expect(cloud.nova.requests.map(({ target }) => target)).toEqual([
      '/v2.1/',
      '/v2.1/flavors/detail?limit=1&is_public=maybe',
      '/v2.1/flavors/1',
    ]);
  });

  it('may be behind a path of its own', async () => {
    cloud.keystone.addRegion('Odd', `http://127.0.0.1:${cloud.nova.port}/compute/v2.1`);

    await outcomeOf(getFlavor('1', { region: 'Odd' }));

    expect(cloud.nova.requests[0]?.target).toBe('/compute/v2.1/');
  });

  it('is chosen by region and interface', async () => {
    const nowhere = 'http://127.0.0.1:1/v2.1';
    cloud.keystone.addRegion('RegionTwo', { public: nowhere, admin: nowhere, internal: cloud.novaUrl });

    expect((await getFlavor('1', { region: 'RegionTwo', interface: 'internal' }))?.id).toBe('1');
  });

  it('is passed over when one is given by hand', async () => {
    cloud.keystone.addRegion('RegionTwo', 'http://127.0.0.1:1/v2.1');

    expect((await getFlavor('1', { region: 'Nowhere', override: cloud.novaUrl }))?.id).toBe('1');
  });

  it('in an unknown region is told with those there are', async () => {
    expect(await outcomeOf(getFlavor('1', { region: 'RegionNine' }))).toEqual({
      ...unavailable,
      detail:
        "Keystone's catalog has no public compute endpoint in region RegionNine. It has: admin in RegionOne, " +
        'internal in RegionOne, public in RegionOne. OS_REGION_NAME and OS_INTERFACE choose.',
    });
  });

  it('on an interface that is not there is told', async () => {
    cloud.keystone.addRegion('RegionTwo', { public: cloud.novaUrl });
    const { detail } = await outcomeOf(getFlavor('1', { region: 'RegionTwo', interface: 'internal' }));

    expect(detail).toMatch(/no internal compute endpoint in region RegionTwo.*public in RegionTwo/);
  });

  it('in several regions needs a choice', async () => {
    cloud.keystone.addRegion('RegionTwo', cloud.novaUrl);

    expect(await outcomeOf(getFlavor('1'))).toEqual({
      ...unavailable,
      detail: "Keystone's catalog has compute in several regions: RegionOne, RegionTwo. Set OS_REGION_NAME.",
    });
  });

  it('that is missing altogether is told', async () => {
    const keystone = new StubKeystone(3600); // of a cloud without Nova
    await keystone.starts();

    const { nova } = connect(cloud, { authUrl: keystone.authUrl });
    const outcome = await outcomeOf(nova.getFlavor('1', aCall()));
    await keystone.stops();

    expect(outcome).toEqual({
      ...unavailable,
      detail: expect.stringMatching(/^Keystone's catalog has no .*compute/),
    });
  });
});

describe('the microversion', () => {
  it.each([
    ['2.61', '2.61'],
    ['2.93', '2.93'],
    ['2.101', '2.101'],
    ['2.102', '2.101'],
    ['2.110', '2.101'],
  ])('is agreed on: Nova up to %s is asked in %s', async (newest, agreed) => {
    cloud.nova.maxMicroversion = newest;

    expect((await discover()).microversion).toBe(agreed);
    expect((await getFlavor('swap-eph'))?.isDisabled).toBe(false);
  });

  it('that is not offered makes us unavailable, in clear words', async () => {
    cloud.nova.maxMicroversion = '2.60';

    expect(await outcomeOf(getFlavor('1'))).toEqual({
      ...unavailable,
      detail: 'Nova offers microversions up to 2.60; this service needs 2.61 or later.',
    });
  });

  it('beyond what this service prefers is taken when Nova has dropped the older ones', async () => {
    const version = { id: 'v2.1', version: '2.120', min_version: '2.110' };
    cloud.nova.maxMicroversion = '2.120';
    cloud.nova.fails(200, { path: /v2\.1\/$/, body: { version } });

    const flavor = await getFlavor('swap-eph');

    expect(cloud.nova.requests.at(-1)?.headers['openstack-api-version']).toBe('compute 2.110');
    expect([flavor?.swap, flavor?.rxtxFactor, flavor?.isDisabled]).toEqual([512, undefined, undefined]);
  });

  it('is agreed on again when Nova was changed under us', async () => {
    const { nova } = connect(cloud);
    await nova.getFlavor('1', aCall());
    cloud.nova.maxMicroversion = '2.70';

    expect((await outcomeOf(nova.getFlavor('1', aCall()))).detail).toContain('406');
    expect((await nova.getFlavor('1', aCall()))?.id).toBe('1');
    expect(cloud.nova.requests.at(-1)?.headers['openstack-api-version']).toBe('compute 2.70');
  });
});

describe('discovery', () => {
  it('is asked once for many calls, without a token', async () => {
    const { nova } = connect(cloud);
    await Promise.all(['1', '2', '3', '4', '5'].map((id) => nova.getFlavor(id, aCall())));
    await nova.getFlavor('42', aCall());

    expect(discoveries()).toBe(1);
    expect(cloud.nova.requests[0]?.headers['x-auth-token']).toBeUndefined();
  });

  it('is asked again after it failed', async () => {
    const { nova } = connect(cloud);
    cloud.nova.fails(404, { path: /v2\.1\/$/, times: 1 });
    const failed = await outcomeOf(nova.getFlavor('1', aCall()));

    expect(failed).toEqual({
      kind: 'upstream answered badly',
      code: 'registered-flavors.nova.bad_answer',
      detail: 'The compute endpoint does not answer with a version document of Nova.',
    });
    expect((await nova.getFlavor('1', aCall()))?.id).toBe('1');
    expect(discoveries()).toBe(2);
  });

  it('does not fail for others because the one who began it has gone', async () => {
    const { nova, serviceToken } = connect(cloud);
    await serviceToken.get(aCall().globalRequestId);
    cloud.nova.isSlow(150, { path: /v2\.1\/$/ });
    const gone = new AbortController();
    const first = nova.getFlavor('1', aCall(gone.signal));
    await until(() => discoveries() === 1);
    const second = nova.getFlavor('2', aCall());
    gone.abort();

    await outcomeOf(first);
    expect((await second)?.id).toBe('2');
  });
});
