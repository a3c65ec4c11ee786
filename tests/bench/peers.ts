import { once } from 'node:events';
import http from 'node:http';
import { environmentOnCloud, variable } from '../support/cloud-world';
import { OpenStackClient } from '../support/openstack-client';
import { ServiceProcess } from '../support/service-process';
import { BUILT } from './cloud';
import { atLeast, type Bench, type Figure, forOrientation } from './figure';

const CONNECTIONS = [1, 8, 32];
const SECONDS = 5;
const FASTER_THAN_TROVE = 300;
const NAMES = { nova: "Nova's GET /flavors/detail", trove: "Trove's flavors of a version", ours: 'ours' };

/** Somebody who answers the question which flavors there are. */
interface Peer {
  readonly name: string;
  readonly url: string;
}

/**
 * What else an operator could ask: Nova's own list, and Trove's association of 50 flavors, beside ours of the same 50.
 * Needs the real cloud (`tests/cloud/up.sh` with `WITH_TROVE=1`, and its `env.sh`); without it, it says so.
 */
export const peers: Bench = {
  subject: 'peers',
  run: async (_stub, keep) => {
    if (process.env['LAB_TROVE_URL'] === undefined) return [forOrientation('peers', 'no cloud with Trove is up')];
    const admin = {
      username: variable('OS_USERNAME'),
      password: variable('OS_PASSWORD'),
      projectName: variable('OS_PROJECT_NAME'),
    };
    const token = await new OpenStackClient(variable('LAB_KEYSTONE_URL'), variable('LAB_NOVA_URL')).token(admin);
    const trove = `${variable('LAB_TROVE_URL')}/${variable('LAB_PROJECT_ADMIN_ID')}/datastores/${variable('LAB_TROVE_DATASTORE')}/versions/${variable('LAB_TROVE_VERSION_ID')}/flavors`;
    const service = keep(await ServiceProcess.start(environmentOnCloud(), BUILT));
    await registerAll(service.url, await flavorIdsOf(trove, token), token);
    return figuresOf(token, [
      { name: NAMES.nova, url: `${variable('LAB_NOVA_URL')}/flavors/detail` },
      { name: NAMES.trove, url: trove },
      { name: NAMES.ours, url: `${service.url}/RegisteredFlavors/mysql` },
    ]);
  },
};

async function flavorIdsOf(trove: string, token: string): Promise<string[]> {
  const answer = await fetch(trove, { headers: { 'X-Auth-Token': token } });
  const { flavors } = (await answer.json()) as { flavors: { str_id: string }[] };
  return flavors.map(({ str_id }) => str_id);
}

async function registerAll(url: string, flavorIds: readonly string[], token: string): Promise<void> {
  const target = `${url}/RegisteredFlavors/mysql/${flavorIds.join(',')}`;
  const answer = await fetch(target, { method: 'POST', headers: { 'X-Auth-Token': token } });
  if (answer.status !== 201) throw new Error(`registering was answered ${answer.status}: ${await answer.text()}`);
}

async function figuresOf(token: string, line: readonly Peer[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  const best = new Map(line.map(({ name }) => [name, 0]));
  for (const connections of CONNECTIONS) {
    for (const { name, url } of line) {
      const { requestsPerSecond, p50 } = await load(url, token, connections);
      best.set(name, Math.max(best.get(name)!, requestsPerSecond));
      figures.push(
        forOrientation(
          `requests of ${connections} at once: ${name}`,
          `${requestsPerSecond.toFixed(1)}/s, p50 ${p50.toFixed(1)} ms`,
        ),
      );
    }
  }
  const times = best.get(NAMES.ours)! / best.get(NAMES.trove)!;
  return [...figures, atLeast("the best of ours, times Trove's best", times, FASTER_THAN_TROVE)];
}

/** So many callers, each of whom asks again as soon as it is answered. Nova's server ends its answers by closing. */
async function load(url: string, token: string, callers: number): Promise<{ requestsPerSecond: number; p50: number }> {
  const agent = new http.Agent({ keepAlive: true });
  const begin = performance.now();
  const times: number[] = [];
  const call = async (): Promise<void> => {
    while (performance.now() - begin < SECONDS * 1000) {
      const asked = performance.now();
      await ask(url, token, agent);
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  const seconds = (performance.now() - begin) / 1000;
  agent.destroy();
  return { requestsPerSecond: times.length / seconds, p50: times.sort((a, b) => a - b)[Math.floor(times.length / 2)]! };
}

async function ask(url: string, token: string, agent: http.Agent): Promise<void> {
  const request = http.get(url, { agent, headers: { 'X-Auth-Token': token } });
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
}
