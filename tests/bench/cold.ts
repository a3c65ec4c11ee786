import type { StubCloud } from '../../src/stub/stub-cloud';
import { REMEMBERS_NOTHING } from '../support/test-service';
import { ServiceProcess } from '../support/service-process';
import { FLAVORS_IN_NOVA, register, spread, startService } from './cloud';
import { atMost, type Bench, type Figure, forOrientation } from './figure';

/** The first ones do not count: the code of both is not compiled yet. */
const WARM_UP = 20;
const ROUNDS = 40;
/** What a real Nova takes for one flavor and for a page of 1,000 (measured). The stub alone is ten times as fast. */
const FLAVOR_MS = 4;
const PAGE_MS = 110;
const PAGE = 1000;
/** One GET costs Nova as much as 25 flavors of a list: 80 of 2,000 are asked for one by one, 81 are not. */
const MOST_GETS = FLAVORS_IN_NOVA / 25;
const COUNTS = [1, 10, MOST_GETS, MOST_GETS + 1, 200, 1500];

/** What a read costs while nothing is remembered of the flavors, beside a script that asks Nova for just the same. */
export const cold: Bench = {
  subject: 'cold reads',
  run: async (cloud, keep) => {
    const ours = keep(await startService(cloud, REMEMBERS_NOTHING));
    const environment = { NOVA_URL: cloud.novaUrl, NOVA_TOKEN: cloud.keystone.tokenFor('flavorsvc') };
    const script = { script: 'tests/bench/servers/bare-look-up.ts', args: [], ready: /"url"/ };
    const bare = keep(await ServiceProcess.start(environment, script));
    for (const count of COUNTS) await register(ours, cloud, `t${count}`, spread(count));
    const headers = { 'X-Auth-Token': cloud.keystone.tokenFor('alice') };
    const figures: Figure[] = [];
    await read(ours, COUNTS.at(-1)!, headers); // a walk, so that the planner knows how many there are
    cloud.nova.isSlow(FLAVOR_MS, { path: /flavors\/(?!detail)/ });
    cloud.nova.isSlow(PAGE_MS, { path: /flavors\/detail/ });
    for (const count of COUNTS) figures.push(...(await compare(count, ours, bare, headers, cloud)));
    return figures;
  },
};

async function compare(
  count: number,
  ours: ServiceProcess,
  bare: ServiceProcess,
  headers: Record<string, string>,
  cloud: StubCloud,
): Promise<Figure[]> {
  const pairs: { ours: number; bare: number }[] = [];
  let requests = 0;
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    cloud.nova.resetRequests();
    const took = await timed(() => read(ours, count, headers));
    requests = cloud.nova.requests.length;
    const pair = { ours: took, bare: await timed(() => ask(bare, count)) };
    if (round >= 0) pairs.push(pair);
  }
  const median = (of: (pair: { ours: number; bare: number }) => number): number =>
    pairs.map(of).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
  const isWalk = count > MOST_GETS;
  return [
    forOrientation(
      `cold GET of ${count} of ${FLAVORS_IN_NOVA}: ours, bare script`,
      `${ms(median((pair) => pair.ours))}, ${ms(median((pair) => pair.bare))}`,
    ),
    atMost(`requests to Nova for ${count}`, requests, isWalk ? Math.ceil(FLAVORS_IN_NOVA / PAGE) + 1 : count),
    count >= 200
      ? atMost(
          `cold GET of ${count}, times the bare script`,
          median((pair) => pair.ours / pair.bare),
          1.15,
        )
      : atMost(
          `cold GET of ${count}, more than the bare script`,
          median((pair) => pair.ours - pair.bare),
          5,
          ' ms',
        ),
  ];
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

async function read(service: ServiceProcess, count: number, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(`${service.url}/RegisteredFlavors/t${count}`, { headers });
  const { registered_flavors: flavors } = (await answer.json()) as { registered_flavors: unknown[] };
  if (flavors.length !== count) throw new Error(`${flavors.length} flavors came instead of ${count}`);
}

async function ask(bare: ServiceProcess, count: number): Promise<void> {
  const how = count > MOST_GETS ? 'walk' : 'get';
  const answer = await fetch(`${bare.url}/${how}`, { method: 'POST', body: JSON.stringify(spread(count)) });
  const flavors = (await answer.json()) as unknown[];
  if (flavors.length !== count) throw new Error(`${flavors.length} flavors came instead of ${count}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
