import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { timed } from '../support/own-time';
import { ServingProcess } from '../support/serving-process';
import { stubEnvironment } from '../support/stub-world';
import { untilWhole } from '../support/until-whole';

describe('npm start', () => {
  let folder: string;
  let stub: StubCloud;
  const running: ServingProcess[] = [];
  const serve = (environment: Record<string, string>) => {
    const serving = new ServingProcess(folder, environment);
    running.push(serving);
    return serving;
  };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'serving-'));
    stub = await startStubCloud();
  });
  afterEach(async () => {
    for (const serving of running.splice(0)) {
      serving.kill('SIGKILL');
      await serving.exit;
    }
    await stub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says which settings are missing, and names the demo', async () => {
    const serving = serve({ LOG_LEVEL: 'loud' });
    expect(await serving.exit).toBe(78); // EX_CONFIG: systemd does not start it again
    expect(serving.output.split('\n')).toEqual([
      'registered-flavors cannot start: its settings are not right.',
      '  - LOG_LEVEL must be one of error, warn, info, debug, not "loud".',
      '  - OS_USERNAME (username) or OS_USER_ID (user_id) is missing, or OS_APPLICATION_CREDENTIAL_ID.',
      '  - OS_PASSWORD (password) is missing.',
      "  - OS_PROJECT_NAME (project_name) or OS_PROJECT_ID (project_id) is missing: the service user's project.",
      "  - OS_AUTH_URL (auth_url) is missing: Keystone's URL, such as https://keystone.example:5000/v3.",
      'Settings are environment variables, or lines of a file .env; .env.example explains each.',
      'To see the service at work without any OpenStack: npm run demo',
      '',
    ]);
  });

  it('reads .env, and the environment wins over it', async () => {
    const lines = Object.entries({ ...stubEnvironment(stub), LOG_LEVEL: 'error', DATABASE_URL: 'file:in/dot/env.db' });
    writeFileSync(path.join(folder, '.env'), lines.map(([name, value]) => `${name}=${value}`).join('\n'));
    const serving = serve({ LOG_LEVEL: 'info' });
    expect(await fetch(`${await serving.url()}/healthcheck`).then(({ status }) => status)).toBe(200);
    expect(serving.output).not.toMatch(/warning/i);
  });

  it('does not start when certificates were not to be checked, wherever that is said', async () => {
    writeFileSync(path.join(folder, '.env'), 'NODE_TLS_REJECT_UNAUTHORIZED=0');
    const inFile = serve(stubEnvironment(stub));
    const ends = [await inFile.exit];
    rmSync(path.join(folder, '.env'));
    const inEnvironment = serve({ ...stubEnvironment(stub), NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    ends.push(await inEnvironment.exit);

    expect(ends).toEqual([78, 78]);
    for (const { output } of [inFile, inEnvironment]) expect(output).toContain('NODE_TLS_REJECT_UNAUTHORIZED=0 is not');
  });

  it('says which proxies of the environment it does not use, and not where they are', async () => {
    const proxy = 'http://user:secret@127.0.0.1:9';
    const serving = serve({ ...stubEnvironment(stub), HTTPS_PROXY: proxy, http_proxy: proxy, NO_PROXY: '*' });
    await serving.prints('OpenStack is there'); // asked directly
    expect(serving.output).toContain('"ignored":["http_proxy","HTTPS_PROXY"]');
    expect(serving.output).not.toContain('secret');
  });

  it('ends with 0 at SIGTERM, after finishing what runs', async () => {
    const serving = serve(stubEnvironment(stub));
    const url = await serving.url();
    await serving.prints('OpenStack is there');
    stub.keystone.isSlow(250);
    const slow = fetch(`${url}/RegisteredFlavors/redis`, {
      headers: { 'X-Auth-Token': stub.keystone.tokenFor('alice') },
    });
    while (!stub.keystone.requests.some(({ headers }) => 'x-subject-token' in headers)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }

    serving.kill('SIGTERM');

    const answer = await slow;
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']); // the next one goes elsewhere
    expect(await serving.exit).toBe(0);
    expect(serving.output).toContain('"message":"stopped"');
    await expect(fetch(url)).rejects.toThrow();
  });

  it('ends in time also when Nova hangs and nobody waits for it any more', async () => {
    const serving = serve({ ...stubEnvironment(stub), SHUTDOWN_SECONDS: '1' });
    const url = await serving.url();
    await serving.prints('OpenStack is there');
    stub.nova.hangs({ path: /\/flavors\/[12]$/ });
    const register = (id: string) =>
      fetch(`${url}/RegisteredFlavors/redis/${id}`, {
        method: 'POST',
        headers: { 'X-Auth-Token': stub.keystone.tokenFor('admin') },
      }).catch(() => undefined);
    const first = register('1');
    while (!stub.nova.requests.some(({ target }) => target.endsWith('/flavors/1'))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const second = register('2'); // for the next batch
    await new Promise((resolve) => setTimeout(resolve, 100));
    serving.kill('SIGTERM');
    const { ms, result } = await timed(() => serving.exit);

    expect([result, ms < 5_000]).toEqual([0, true]);
    await Promise.all([first, second]);
    stub.nova.heals();
  });

  it('ends in time also when Keystone and Nova have hung since the start', async () => {
    stub.nova.hangs();
    const serving = serve({ ...stubEnvironment(stub), SHUTDOWN_SECONDS: '1' });
    const url = await serving.url();
    const headers = { 'X-Auth-Token': stub.keystone.tokenFor('alice') };
    stub.keystone.hangs({ path: /nocatalog/ });
    const reading = fetch(`${url}/RegisteredFlavors/redis`, { headers }).catch(() => undefined);
    while (!stub.nova.requests.length) await new Promise((resolve) => setTimeout(resolve, 10));
    serving.kill('SIGTERM');
    const { ms, result } = await timed(() => serving.exit);

    expect([result, ms < 4_000]).toEqual([0, true]);
    await reading;
  });

  it('starts while Keystone and Nova are away, says so, and works once they are there', async () => {
    const token = stub.keystone.tokenFor('alice');
    await stub.keystone.stops();
    await stub.nova.stops();
    const serving = serve(stubEnvironment(stub));
    const read = async () =>
      (await fetch(`${await serving.url()}/RegisteredFlavors/redis`, { headers: { 'X-Auth-Token': token } })).status;
    expect(await serving.prints('Keystone cannot be used')).toContain('ECONNREFUSED');
    expect(await read()).toBe(503);

    await stub.keystone.starts();
    await stub.nova.starts();
    await untilWhole(await serving.url());

    expect(await read()).toBe(200);
  });

  it('says that it is Nova alone that is away, where it was looked for, and what to check', async () => {
    await stub.nova.stops();
    const override = stub.nova.url;
    const serving = serve({ ...stubEnvironment(stub), OS_COMPUTE_ENDPOINT_OVERRIDE: override });
    const output = await serving.prints('Nova cannot be used');
    const line = output.split('\n').find((each) => each.includes('Nova cannot be used')) ?? '';
    expect(JSON.parse(line)).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('registering and reading fail') as string,
      nova: override,
      reason: expect.stringContaining('ECONNREFUSED') as string,
      check: expect.stringContaining('OS_COMPUTE_ENDPOINT_OVERRIDE') as string,
    });
  });

  it.each([['file:/proc/nowhere/registry.db', 'its file system takes no folders']])(
    'stops with one sentence when the registry cannot be opened: %s',
    async (url, sentence) => {
      const serving = serve({ ...stubEnvironment(stub), DATABASE_URL: url });
      expect(await serving.exit).toBe(1);
      expect(serving.output.trim().split('\n')).toEqual([expect.stringContaining(sentence)]);
      expect(serving.output).not.toContain('secret');
    },
  );

  it('stops with one sentence when its port is taken', async () => {
    const taken = net.createServer().listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => taken.once('listening', resolve));
      const { port } = taken.address() as net.AddressInfo;
      const serving = serve({ ...stubEnvironment(stub), PORT: String(port), LOG_LEVEL: 'error' });
      expect(await serving.exit).toBe(1);
      expect(serving.output.trim()).toBe(
        `registered-flavors cannot start: it cannot listen on 127.0.0.1:${port} (EADDRINUSE). HOST and PORT, METRICS_HOST and METRICS_PORT choose other addresses.`,
      );
    } finally {
      taken.close();
    }
  });

  it('keeps what was registered over a restart', async () => {
    const environment = stubEnvironment(stub);
    const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin') };
    const first = serve(environment);
    await fetch(`${await first.url()}/RegisteredFlavors/redis/1`, { method: 'POST', headers });
    first.kill('SIGINT');
    expect(await first.exit).toBe(0);

    const second = serve(environment);
    const answer = await fetch(`${await second.url()}/RegisteredFlavors/redis`, { headers });
    expect(await answer.json()).toMatchObject({ registered_flavors: [{ flavor_id: '1', service_types: ['redis'] }] });
  });
});
