import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { components } from '../../src/http/contract-types';
import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { freePort, HAProxy, type ServerName } from '../support/haproxy';
import { ServiceProcess } from '../support/service-process';
import { SteadyLoad } from '../support/steady-load';
import { stubEnvironment } from '../support/stub-world';

const CLIENTS = 8;

type Found = components['schemas']['RegisteredFlavors'];

/** Two processes on one registry file, behind deploy/haproxy.cfg. On the stub: what is at stake here is between them. */
describe('behind HAProxy, under load', () => {
  const names: readonly ServerName[] = ['first', 'second'];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rolling-'));
  const services = new Map<ServerName, ServiceProcess>();
  let ports: Record<ServerName, number>;
  let stub: StubCloud;
  let haproxy: HAProxy;
  const undo: (() => Promise<unknown>)[] = [];

  const start = async (name: ServerName) => {
    const service = await ServiceProcess.start({
      ...stubEnvironment(stub),
      PORT: String(ports[name]),
      DATABASE_URL: `file:${folder}/registry.db`,
      DRAIN_SECONDS: '5', // as without a setting: deploy/haproxy.cfg is made for it
    });
    services.set(name, service);
    await haproxy.sees(name, 'UP');
  };
  /** Waits for so many more answers. */
  const servesOn = async (load: SteadyLoad, count = 100) => {
    const enough = load.answered + count;
    while (load.answered < enough) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  beforeAll(async () => {
    stub = await startStubCloud();
    undo.push(() => stub.close());
    ports = { first: await freePort(), second: await freePort() };
    haproxy = await HAProxy.start(ports);
    undo.push(() => haproxy.stop());
    for (const name of names) await start(name);
  });
  afterAll(async () => {
    for (const service of services.values()) await service.stop('SIGKILL');
    for (const each of undo.reverse()) await each();
    rmSync(folder, { recursive: true, force: true });
  });

  const startLoad = () => {
    const load = new SteadyLoad(haproxy.url, stub.keystone.tokenFor('admin'), CLIENTS);
    undo.push(() => load.end());
    return load;
  };

  /** Which of the service types stand in the registry. */
  const found = async (serviceTypes: readonly string[]): Promise<Set<string>> => {
    const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin') };
    const seen: string[] = [];
    for (let from = 0; from < serviceTypes.length; from += 100) {
      const list = serviceTypes.slice(from, from + 100).join();
      const answer = await fetch(`${haproxy.url}/RegisteredFlavors/${list}`, { headers });
      const { registered_flavors: flavors } = (await answer.json()) as Found;
      seen.push(...flavors.flatMap((flavor) => flavor.service_types));
    }
    return new Set(seen);
  };

  it('each process in turn is restarted, and no request is lost', async () => {
    const load = startLoad();
    await servesOn(load);
    for (const name of names) {
      const before = await haproxy.requestsTo(name);
      const service = services.get(name)!;
      expect(await service.stop()).toBe(0);
      expect(service.output).toMatch(/draining.*closing.*stopped/s);
      await servesOn(load); // by the other one alone
      await start(name);
      await servesOn(load);
      expect(await haproxy.requestsTo(name)).toBeGreaterThan(before);
    }
    await load.end();

    expect(load.lost).toEqual([]);
    expect(await found([...load.standing])).toEqual(load.standing);
    process.stdout.write(
      `rolling restart: ${load.answered} requests answered, none lost, the slowest in ${Math.round(load.slowestMs)} ms\n`,
    );
  });

  it('a URL of 1,000 flavor IDs comes through, and its refusal is ours', async () => {
    const ids = Array.from({ length: 1_000 }, () => randomUUID()).join('%2C');
    const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin') };
    const answer = await fetch(`${haproxy.url}/RegisteredFlavors/redis/${ids}`, { method: 'DELETE', headers });
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('registration.not_found')]);
    const tooLong = await fetch(`${haproxy.url}/RegisteredFlavors/${'x'.repeat(60_000)}`, { headers });
    expect([tooLong.status, await tooLong.text()]).toEqual([414, expect.stringContaining('uri.too_long')]);
  });

  it('a process that is killed does lose requests: this load would notice', async () => {
    const load = startLoad();
    stub.nova.isSlow(100);
    await servesOn(load);
    await services.get('first')!.stop('SIGKILL');
    await servesOn(load);
    await load.end();
    stub.nova.heals();
    process.stdout.write(`killed under load: ${load.lost.length} of ${load.answered} requests lost\n`);

    expect(load.lost).not.toEqual([]);
    expect(load.lost.filter((each) => each.includes(' GET '))).toEqual([]); // HAProxy asks the other one
  });
});
