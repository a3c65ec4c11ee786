import path from 'node:path';
import Database from 'better-sqlite3';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { flavorId, measuredFlavor } from '../support/measured-flavors';
import { type Program, ServiceProcess } from '../support/service-process';
import { stubEnvironment } from '../support/stub-world';

export const FLAVORS_IN_NOVA = 2000;
/** As built for production. */
export const BUILT: Program = { script: 'dist/main.js', args: ['serve'], ready: /OpenStack is/ };

/** As `deploy/` and `npm start` run it; the servers that it is compared with have the same. */
export const AS_IN_DEPLOY = { NODE_OPTIONS: '--max-semi-space-size=16' };

/** A cloud of 2,000 public flavors in this process. */
export function startBenchCloud(): Promise<StubCloud> {
  return startStubCloud({ flavors: Array.from({ length: FLAVORS_IN_NOVA }, (_, index) => measuredFlavor(index)) });
}

/** So many ids, spread evenly over Nova's list. */
export function spread(count: number): string[] {
  return Array.from({ length: count }, (_, index) => flavorId(Math.floor((index * FLAVORS_IN_NOVA) / count)));
}

/** Our service with everything that production has, on a registry of its own unless the environment says otherwise. */
export function startService(cloud: StubCloud, environment: Record<string, string> = {}): Promise<ServiceProcess> {
  return ServiceProcess.start(
    { ...stubEnvironment(cloud), ...AS_IN_DEPLOY, SHUTDOWN_SECONDS: '0', ...environment },
    BUILT,
  );
}

/** One of the servers of `servers/` that ours is compared with. */
export function startServer(name: string, environment: Record<string, string>): Promise<ServiceProcess> {
  return ServiceProcess.start(
    { ...AS_IN_DEPLOY, ...environment },
    { script: `tests/bench/servers/${name}.ts`, args: [], ready: /"url"/ },
  );
}

/** Where a service without a setting keeps its registry. */
export function registryOf(service: ServiceProcess): string {
  return path.join(service.folder, 'data', 'registered-flavors.db');
}

/** Fills a registry past the service: so many types with a hundred flavors each. */
export function fillRegistry(file: string, types: number): void {
  const database = new Database(file);
  const accept = database.prepare(
    "INSERT INTO accepted_flavors VALUES (?, 'filler', 1, 1, 1, 0, 0, 1, 0) ON CONFLICT DO NOTHING",
  );
  const register = database.prepare("INSERT INTO registrations VALUES (?, ?, 0, 'user', 'project', 'req-0', NULL)");
  database.transaction(() => {
    for (let index = 0; index < FLAVORS_IN_NOVA; index += 1) accept.run(flavorId(index));
    for (let type = 0; type < types; type += 1) {
      for (let index = 0; index < 100; index += 1) {
        register.run(`filler-${type}`, flavorId((type * 7 + index * 13) % FLAVORS_IN_NOVA));
      }
    }
  })();
  database.close();
}

/** Registers flavors for a type over HTTP, as an operator would. */
export async function register(
  service: ServiceProcess,
  cloud: StubCloud,
  types: string,
  ids: readonly string[],
): Promise<void> {
  for (let at = 0; at < ids.length; at += 500) {
    const url = `${service.url}/RegisteredFlavors/${types}/${ids.slice(at, at + 500).join(',')}`;
    const answer = await fetch(url, { method: 'POST', headers: { 'X-Auth-Token': cloud.keystone.tokenFor('admin') } });
    if (!answer.ok) throw new Error(`registering for ${types} was answered ${answer.status}: ${await answer.text()}`);
  }
}
