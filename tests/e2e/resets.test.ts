import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { freePort, HAProxy, type ServerName } from '../support/haproxy';
import { leaveInEveryState } from '../support/hostile/connection-states';
import { UNHARMED } from '../support/hostile/hostile-world';
import { ServiceProcess } from '../support/service-process';
import { stubEnvironment } from '../support/stub-world';

const NAMES: readonly ServerName[] = ['first', 'second'];

/** HAProxy passes CONNECT and upgrades on, and resets a connection to a service when its client has gone. */
describe('behind HAProxy, clients that reset their connections', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'resets-'));
  const services: ServiceProcess[] = [];
  const undo: (() => Promise<unknown>)[] = [];
  let stub: StubCloud;
  let haproxy: HAProxy;
  beforeAll(async () => {
    stub = await startStubCloud();
    undo.push(() => stub.close());
    const ports = { first: await freePort(), second: await freePort() };
    haproxy = await HAProxy.start(ports);
    undo.push(() => haproxy.stop());
    for (const name of NAMES) {
      const own = { PORT: String(ports[name]), DATABASE_URL: `file:${folder}/registry.db` };
      const service = await ServiceProcess.start({ ...stubEnvironment(stub), ...own });
      services.push(service);
      undo.push(() => service.stop('SIGKILL'));
      await haproxy.sees(name, 'UP');
    }
  });
  afterAll(async () => {
    for (const each of undo.reverse()) await each();
    rmSync(folder, { recursive: true, force: true });
  });

  it('end no process and take none out: 1,000 of them, in every state of a connection', async () => {
    stub.nova.isSlow(30);
    await leaveInEveryState(haproxy.url, stub.keystone.tokenFor('admin'), 1000);
    expect(services.map(({ health }) => health)).toEqual([UNHARMED, UNHARMED]);
    for (const name of NAMES) await haproxy.sees(name, 'UP');
    expect((await fetch(`${haproxy.url}/healthcheck`)).status).toBe(200);
  });
});
