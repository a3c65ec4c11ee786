import { readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { startStubWorld, type StubWorld } from '../support/stub-world';

interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[];
}

const rules = (parse(readFileSync(path.join(__dirname, '../../deploy/alerts.yml'), 'utf8')) as Rules).groups.flatMap(
  (group) => group.rules,
);

describe('metrics', () => {
  let here: StubWorld;
  beforeEach(async () => {
    here = await startStubWorld({ METRICS_PORT: '0', FLAVOR_TTL_SECONDS: '30', FLAVOR_MAX_STALE_SECONDS: '3600' });
    await here.world.as('admin').post('/RegisteredFlavors/redis,mysql/1,2').expect(201);
  });
  afterEach(() => here.world.close());

  const scrape = async () => (await fetch(here.world.service.metricsUrl!)).text();
  /** The value of the one series whose line begins so. */
  const valueOf = (text: string, series: string) => {
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };
  const value = async (series: string) => valueOf(await scrape(), `registered_flavors_${series}`);
  const until = async (series: string, wanted: number) => {
    while ((await value(series)) !== wanted) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it('are not served unless they have a port, and then on that one only', async () => {
    await here.world.anonymous.get('/metrics').expect(404);
    const { status, headers } = await fetch(here.world.service.metricsUrl!, { method: 'HEAD' });
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('version=0.0.4')]);
    expect((await fetch(`${here.world.service.metricsUrl!}?name=value`)).status).toBe(200); // `params` of a job
    expect((await fetch(here.world.service.metricsUrl!.replace('/metrics', '/'))).status).toBe(404);
    expect((await fetch(here.world.service.metricsUrl!, { method: 'POST' })).status).toBe(404);
    await here.world.service.restart({ METRICS_PORT: '' });
    expect(here.world.service.metricsUrl).toBeUndefined();
  });

  it('count requests by operation and status, and what was asked of Keystone and Nova', async () => {
    await here.world.as('member').get('/RegisteredFlavors/redis').expect(200);
    await here.world.as('member').post('/RegisteredFlavors/redis/1').expect(403);
    await here.world.as('member').head('/RegisteredFlavors/redis').expect(200);
    const text = await scrape();
    const requests = (operation: string, status: number) =>
      valueOf(text, `registered_flavors_request_duration_seconds_count{operation="${operation}",status="${status}"}`);
    expect([
      requests('registerFlavors', 201),
      requests('registerFlavors', 403),
      requests('getRegisteredFlavors', 200),
    ]).toEqual([1, 1, 2]);
    const asked = (service: string, outcome: string) =>
      valueOf(
        text,
        `registered_flavors_upstream_request_duration_seconds_count{service="${service}",outcome="${outcome}"}`,
      );
    expect(asked('keystone', '201')).toBe(1);
    expect([asked('keystone', '200'), asked('nova', '200')]).toEqual([expect.any(Number), expect.any(Number)]);
    for (const [outcome, count] of Object.entries({ ok: 1, failed: 0, refused: 0 }))
      expect(valueOf(text, `registered_flavors_token_renewals_total{outcome="${outcome}"}`)).toBe(count);
    expect(valueOf(text, 'registered_flavors_errors_total{code="registered-flavors.role.required"}')).toBe(1);
    expect(valueOf(text, 'registered_flavors_errors_total{code="registered-flavors.registry.unavailable"}')).toBe(0);
    const ages = 'registered_flavors_read_details_age_seconds';
    expect(valueOf(text, `${ages}_count{result="hit"}`)).toBe(2);
    expect(valueOf(text, `${ages}_bucket{result="hit",le="+Inf"}`)).toBe(2);
    expect(valueOf(text, `${ages}_bucket{result="hit",le="60"}`)).toBe(2);
    expect(valueOf(text, `${ages}_sum{result="hit"}`)).toBeLessThan(60);
    expect(valueOf(text, 'nodejs_eventloop_lag_p99_seconds')).toEqual(expect.any(Number));
  });

  it('tell how much is registered, and what has become of it in Nova', async () => {
    expect(await value('registry{of="registrations"}')).toBe(4);
    expect(await value('registry{of="service_types"}')).toBe(2);
    await until('flavors{status="available"}', 2);
    here.stub.nova.remove('1');
    here.stub.nova.change('2', { ram: 1 });
    await here.world.service.restart({ FLAVOR_TTL_SECONDS: '0' });
    await here.world.as('admin').get('/RegisteredFlavors/redis').expect(200);
    await until('flavors{status="missing"}', 1);
    const text = await scrape();
    expect(
      ['available', 'changed', 'missing', 'unknown'].map((status) =>
        valueOf(text, `registered_flavors_flavors{status="${status}"}`),
      ),
    ).toEqual([0, 1, 1, 0]);
    expect(valueOf(text, 'registered_flavors_registry_size_bytes{of="file"}')).toBeGreaterThan(4096);
  });

  it('move when Nova is away, as the alert rules expect', async () => {
    expect(await value('upstream_away{service="nova"}')).toBe(0);
    await here.stub.nova.stops();
    await here.world.as('admin').post('/RegisteredFlavors/redis/3').expect(503);
    await until('upstream_away{service="nova"}', 1);
    expect(await value('request_duration_seconds_count{operation="registerFlavors",status="503"}')).toBe(1);
    expect(
      await value('upstream_request_duration_seconds_count{service="nova",outcome="unreachable"}'),
    ).toBeGreaterThan(0);
    expect(await value('errors_total{code="registered-flavors.nova.unavailable"}')).toBe(1);
    await here.stub.nova.starts();
    await until('upstream_away{service="nova"}', 0);
  });

  it('are what every alert rule stands on', async () => {
    await here.world.as('member').get('/RegisteredFlavors/redis').expect(200);
    const text = await scrape();
    const known = new Set([...text.matchAll(/^([a-z_0-9]+)(?:\{| )/gm)].map(([, name]) => name));
    for (const { alert, expr, annotations } of rules) {
      const named = [...expr.matchAll(/\b(registered_flavors_\w+|nodejs_\w+|up)\b/g)].map(([, name]) => name!);
      expect([alert, named.filter((name) => name !== 'up' && !known.has(name))]).toEqual([alert, []]);
      expect([named.length > 0, Object.keys(annotations)]).toEqual([true, ['summary', 'description']]);
    }
  });

  it('do not grow with what callers send, and hold nothing of it', async () => {
    const seriesOf = (text: string) => text.split('\n').filter((line) => /^registered_flavors/.test(line)).length;
    const strange = async (round: number) => {
      await here.world.anonymous.get(`/nothing-${round}`);
      await here.world.anonymous.get('/RegisteredFlavors/redis').set('X-Auth-Token', `gAAAA-${round}`);
      await here.world.as('admin').get(`/RegisteredFlavors/type-${round}?user_id=${round}`);
      await here.world.as('admin').post(`/RegisteredFlavors/redis/id-${round}`);
    };
    for (let round = 0; round < 3; round += 1) await strange(round);
    const before = seriesOf(await scrape());
    for (let round = 3; round < 30; round += 1) await strange(round);
    const text = await scrape();
    expect(seriesOf(text)).toBe(before);
    for (const secret of ['nothing-', 'gAAAA', 'type-1', 'id-1', here.world.tokens.admin, 'req-'])
      expect(text).not.toContain(secret);
  });

  it('tell a login that Keystone refuses from a Keystone that is away', async () => {
    const failed = (outcome: string) => value(`token_renewals_total{outcome="${outcome}"}`);
    await here.world.service.restart({ OS_PASSWORD: 'another' });
    await until('token_renewals_total{outcome="refused"}', 1);
    expect(await failed('failed')).toBe(0);
    await here.stub.keystone.stops();
    await here.world.service.restart();
    await until('token_renewals_total{outcome="failed"}', 1);
    expect(await failed('refused')).toBe(0);
  });

  it('go on while the registry cannot be used, and say so', async () => {
    const { databaseFile } = here.world.service;
    renameSync(databaseFile, `${databaseFile}.moved`);
    expect(await value('registry_usable{as="current"}')).toBe(0);
    expect(await value('registry{of="registrations"}')).toBeUndefined();
    renameSync(`${databaseFile}.moved`, databaseFile);
    expect(await value('registry_usable{as="current"}')).toBe(1);
  });
});
