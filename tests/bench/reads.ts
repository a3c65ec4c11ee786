import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StubCloud } from '../../src/stub/stub-cloud';
import type { ServiceProcess } from '../support/service-process';
import { nextPage } from '../support/next-page';
import { flavorId } from '../support/measured-flavors';
import { fillRegistry, register, registryOf, startServer, startService } from './cloud';
import { atLeast, type Bench, type Figure, forOrientation } from './figure';
import { cpuPerRequest } from './load';

type Keep = (server: ServiceProcess) => ServiceProcess;

/** What is asked before every provisioning and resize: may this one flavor be used? */
export const narrow: Bench = {
  subject: 'check calls',
  run: async (cloud, keep) => {
    const ours = keep(await startFilled(cloud));
    await register(ours, cloud, 'redis', [flavorId(3)]);
    return compare('check of one flavor', `/RegisteredFlavors/redis/${flavorId(3)}`, 50_000, { ours, cloud, keep });
  },
};

/** Everything, in a registry of 10,000 registrations. */
export const wide: Bench = {
  subject: 'everything',
  run: async (cloud, keep) => {
    const ours = keep(await startFilled(cloud));
    const figures = await compare('page of 1,000 of everything', '/RegisteredFlavors', 2_500, { ours, cloud, keep });
    return [...figures, ...(await afterAChange(ours, cloud))];
  },
};

/** 10,000 registrations: 100 types with 100 flavors each, of 2,000. */
async function startFilled(cloud: StubCloud): Promise<ServiceProcess> {
  const service = await startService(cloud);
  fillRegistry(registryOf(service), 100);
  return service;
}

async function compare(
  what: string,
  target: string,
  requests: number,
  { ours, cloud, keep }: { ours: ServiceProcess; cloud: StubCloud; keep: Keep },
): Promise<Figure[]> {
  const headers = { 'X-Auth-Token': cloud.keystone.tokenFor('alice') };
  const body = await (await fetch(ours.url + target, { headers })).text();
  const BODY_FILE = path.join(ours.folder, 'body.json');
  writeFileSync(BODY_FILE, body);
  const ask = { path: target, status: 200 };
  const bare = { ...ask, name: 'bare', server: keep(await startServer('bare-express', { BODY_FILE })) };
  const cpu = await cpuPerRequest([bare, { ...ask, name: 'ours', server: ours, headers }], requests);
  const [bareCost, ourCost] = [cpu.get('bare')!, cpu.get('ours')!];
  const size = `${(body.length / 1024).toFixed(0)} KiB`;
  return [
    forOrientation(
      `warm ${what} (${size}), server CPU: bare Express, ours`,
      `${bareCost.toFixed(0)} µs, ${ourCost.toFixed(0)} µs`,
    ),
    atLeast(`warm ${what}: part of bare Express`, bareCost / ourCost, 0.7),
  ];
}

/** All pages as an admin and as a reader, each time after one registration has changed; what Nova says is known. */
async function afterAChange(ours: ServiceProcess, cloud: StubCloud): Promise<Figure[]> {
  const took: number[] = [];
  let flavors = 0;
  for (let round = 0; round < 20; round += 1) {
    await register(ours, cloud, `round-${round}`, [flavorId(round)]);
    const headers = { 'X-Auth-Token': cloud.keystone.tokenFor(round % 2 === 0 ? 'admin' : 'alice') };
    const from = performance.now();
    flavors = 0;
    for (let next: string | undefined = '/RegisteredFlavors'; next !== undefined;) {
      const page = (await (await fetch(ours.url + next, { headers })).json()) as Page;
      flavors += page.registered_flavors.length;
      next = nextPage(next, page);
    }
    took.push(performance.now() - from);
  }
  const median = took.sort((a, b) => a - b)[took.length / 2]!;
  return [forOrientation(`all pages of ${flavors} flavors after a change, both ends`, `${median.toFixed(0)} ms`)];
}

interface Page {
  readonly registered_flavors: unknown[];
}
