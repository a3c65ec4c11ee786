import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { StubCloud } from '../../src/stub/stub-cloud';
import { ServiceProcess } from '../support/service-process';
import { flavorId, register, startBenchCloud, startService } from './cloud';
import { atLeast, type Bench, type Figure, forOrientation } from './figure';
import { type Contender, cpuPerRequest } from './load';

const REQUESTS = 10_000;
const FLAVORS = 50;
const TARGET = '/RegisteredFlavors/redis';

/** What a read costs while nothing has changed, beside servers that do less, or do it in the obvious way. */
export const warm: Bench = {
  subject: 'warm reads',
  run: async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-'));
    const cloud = await startBenchCloud();
    const started: ServiceProcess[] = [];
    const keep = (server: ServiceProcess): ServiceProcess => (started.push(server), server);
    try {
      const ours = keep(await startService(cloud));
      await register(
        ours,
        cloud,
        'redis',
        Array.from({ length: FLAVORS }, (_, index) => flavorId(index * 17)),
      );
      const contenders = await line(ours, cloud, folder, keep);
      return figuresOf(await cpuPerRequest(contenders, REQUESTS));
    } finally {
      for (const server of started) await server.stop();
      await cloud.close();
      rmSync(folder, { recursive: true });
    }
  },
};

/** Everybody sends the same bytes. */
async function line(
  ours: ServiceProcess,
  cloud: StubCloud,
  folder: string,
  keep: (server: ServiceProcess) => ServiceProcess,
): Promise<Contender[]> {
  const headers = { 'X-Auth-Token': cloud.keystone.tokenFor('alice') };
  const answer = await fetch(ours.url + TARGET, { headers });
  const environment = { BODY_FILE: path.join(folder, 'body.json'), DATABASE_FILE: registryOf(ours) };
  writeFileSync(environment.BODY_FILE, await answer.text());
  const script = (name: string) => ({ script: `tests/bench/servers/${name}.ts`, args: [], ready: /"url"/ });
  const bare = keep(await ServiceProcess.start(environment, script('bare-express')));
  const querying = keep(await ServiceProcess.start(environment, script('querying-express')));
  const etag = answer.headers.get('ETag') ?? '"none"';
  return [
    { name: 'bare Express', server: bare, path: TARGET, status: 200 },
    { name: 'query, build, res.json', server: querying, path: TARGET, status: 200 },
    { name: 'ours', server: ours, path: TARGET, headers, status: 200 },
    ...(etag === '"none"'
      ? []
      : [
          {
            name: 'ours, 304',
            server: ours,
            path: TARGET,
            headers: { ...headers, 'If-None-Match': etag },
            status: 304,
          },
        ]),
  ];
}

function registryOf(service: ServiceProcess): string {
  return path.join(service.folder, 'data', 'registered-flavors.db');
}

function figuresOf(cpu: ReadonlyMap<string, number>): Figure[] {
  const of = (name: string): number => cpu.get(name) ?? NaN;
  return [
    ...[...cpu].map(([name, microseconds]) =>
      forOrientation(`CPU of ${name}`, `${microseconds.toFixed(0)} µs a request`),
    ),
    atLeast('warm GET, 50 flavors, of bare Express', of('bare Express') / of('ours'), 0.7),
    atLeast('the same, of query, build, res.json', of('query, build, res.json') / of('ours'), 1.4),
    atLeast('304, of bare Express', of('bare Express') / of('ours, 304'), 0.75),
  ];
}
