import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StubCloud } from '../../src/stub/stub-cloud';
import type { ServiceProcess } from '../support/service-process';
import { fillRegistry, register, registryOf, spread, startServer, startService } from './cloud';
import { atLeast, type Bench, type Figure, forOrientation } from './figure';
import { type Contender, cpuPerRequest } from './load';

const REQUESTS = 50_000;
const TARGET = '/RegisteredFlavors/redis';
const NAMES = {
  bare: 'bare Express',
  querying: 'query, build, res.json',
  ours: 'ours, 1,000 registrations',
  notModified: 'ours, 304',
  large: 'ours, 1,000,000 registrations',
};

/** What a read costs while nothing has changed, beside servers that do less, or do it in the obvious way. */
export const warm: Bench = {
  subject: 'warm reads',
  run: async (cloud, keep) => {
    // Each contender has a process of its own: one that gets more requests than another has better compiled code.
    const ours = keep(await startFilled(cloud, 10));
    const notModified = keep(await startFilled(cloud, 10));
    const large = keep(await startFilled(cloud, 10_000));
    return figuresOf(await cpuPerRequest(await line({ ours, notModified, large }, cloud, keep), REQUESTS));
  },
};

/** A service with 50 flavors for redis, and some types more. */
async function startFilled(cloud: StubCloud, types: number): Promise<ServiceProcess> {
  const service = await startService(cloud);
  fillRegistry(registryOf(service), types);
  await register(service, cloud, 'redis', spread(50));
  return service;
}

/** Everybody sends the same bytes. */
async function line(
  { ours, notModified, large }: Record<'ours' | 'notModified' | 'large', ServiceProcess>,
  cloud: StubCloud,
  keep: (server: ServiceProcess) => ServiceProcess,
): Promise<Contender[]> {
  const headers = { 'X-Auth-Token': cloud.keystone.tokenFor('alice') };
  const answer = await fetch(ours.url + TARGET, { headers });
  const environment = { BODY_FILE: path.join(ours.folder, 'body.json'), DATABASE_FILE: registryOf(ours) };
  writeFileSync(environment.BODY_FILE, await answer.text());
  const start = async (name: string) => keep(await startServer(name, environment));
  const conditional = { ...headers, 'If-None-Match': answer.headers.get('ETag')! };
  const ask = { path: TARGET, status: 200 };
  return [
    { ...ask, name: NAMES.bare, server: await start('bare-express') },
    { ...ask, name: NAMES.querying, server: await start('querying-express') },
    { ...ask, name: NAMES.ours, server: ours, headers },
    { ...ask, name: NAMES.notModified, server: notModified, headers: conditional, status: 304 },
    { ...ask, name: NAMES.large, server: large, headers },
  ];
}

function figuresOf(cpu: ReadonlyMap<string, number>): Figure[] {
  const ratio = (of: string, to: string): number => cpu.get(of)! / cpu.get(to)!;
  return [
    ...[...cpu].map(([name, microseconds]) =>
      forOrientation(`server CPU of one request: ${name}`, `${microseconds.toFixed(0)} µs`),
    ),
    atLeast('warm GET, 50 flavors: part of bare Express', ratio(NAMES.bare, NAMES.ours), 0.75),
    atLeast('the same, times query, build, res.json', ratio(NAMES.querying, NAMES.ours), 1.8),
    atLeast('304: part of bare Express', ratio(NAMES.bare, NAMES.notModified), 0.85),
    atLeast('warm GET, 1,000,000 registrations: part of 1,000', ratio(NAMES.ours, NAMES.large), 0.95),
  ];
}
