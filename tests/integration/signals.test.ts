import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { ServingProcess } from '../support/serving-process';
import { stubEnvironment } from '../support/stub-world';

/** What each signal means, as the operator's guide says. */
describe('a service that serves', () => {
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

  it('drains at SIGTERM: not ready at once, serves on, and each answer ends its connection', async () => {
    const serving = serve({ ...stubEnvironment(stub), DRAIN_SECONDS: '2' });
    const url = await serving.url();
    const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin') };
    const ask = async (way: string, method = 'GET') => {
      const { status, headers: answered } = await fetch(`${url}${way}`, { method, headers });
      return [status, answered.get('connection')];
    };
    expect(await ask('/readiness')).toEqual([200, 'keep-alive']);
    const from = performance.now();

    serving.kill('SIGTERM');

    await serving.prints('"message":"draining');
    expect(await ask('/readiness')).toEqual([503, 'close']);
    expect(await ask('/RegisteredFlavors/redis/1', 'POST')).toEqual([201, 'close']);
    expect(await ask('/healthcheck')).toEqual([200, 'close']);
    expect(serving.output).not.toContain('"message":"closing"');
    expect(await serving.exit).toBe(0);
    expect(performance.now() - from).toBeGreaterThanOrEqual(2_000);
    await expect(fetch(url)).rejects.toThrow();
  });

  it.each(['SIGHUP', 'SIGQUIT'] as const)('drains at %s as well', async (signal) => {
    const serving = serve({ ...stubEnvironment(stub), DRAIN_SECONDS: '1' });
    await serving.url();
    serving.kill(signal);
    expect(await serving.exit).toBe(0);
    expect(serving.output).toMatch(/"message":"draining[^]*"message":"stopped"/);
  });

  it.each(['SIGUSR1', 'SIGUSR2'] as const)('serves on at %s, and opens no inspector', async (signal) => {
    const serving = serve(stubEnvironment(stub));
    const url = await serving.url();
    serving.kill(signal);
    await serving.prints(`"signal":"${signal}"`);
    expect((await fetch(`${url}/healthcheck`)).status).toBe(200);
    serving.kill('SIGTERM');
    expect(await serving.exit).toBe(0);
    expect(serving.output).not.toContain('ebugger');
  });

  it('does not drain at SIGINT', async () => {
    const serving = serve({ ...stubEnvironment(stub), DRAIN_SECONDS: '3600' });
    await serving.url();
    serving.kill('SIGINT');
    expect(await serving.exit).toBe(0);
    expect(serving.output).not.toContain('draining');
  });

  it('ends at once at a second signal, unless it is the first one sent on by npm', async () => {
    const serving = serve({ ...stubEnvironment(stub), DRAIN_SECONDS: '3600' });
    const url = await serving.url();
    serving.kill('SIGTERM');
    await serving.prints('"message":"draining');
    serving.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await fetch(`${url}/readiness`).then(({ status }) => status)).toBe(503);
    serving.kill('SIGTERM');
    expect(await serving.exit).toBe(1);
  });
});
