import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes } from '../attack/process-usage';
import type { Program, ServiceProcess } from '../support/service-process';
import { withTwoServices } from './two-services';

const MIB = 1024 * 1024;
/** What a service may have more in use at the end than at the first look. */
export const MOST_MORE_IN_USE_MIB = 20;

/** What the two services take, each, some time after the start. */
export interface Look {
  readonly minutes: number;
  /** Writes that were acknowledged so far. */
  readonly acknowledged: number;
  /** Read so far, by all readers. */
  readonly reads: number;
  /** In use, once all that can go has gone. */
  readonly heapMiB: readonly number[];
  /** Resident before that was collected. */
  readonly rssMiB: readonly number[];
}

/**
 * The traffic of the torture without its kills, and readers beside it: what two services take in memory, looked at so many
 * times, each time after the same span.
 * @throws Error when one of them has more than {@link MOST_MORE_IN_USE_MIB} more in use at the end than at the first look,
 *   or the registry is not as it has to be
 */
export async function endure(
  { looks, spanMs }: { looks: number; spanMs: number },
  program: Program,
  tell: (look: Look) => void = () => undefined,
): Promise<Look[]> {
  const found = await withTwoServices(program, async ({ cloud, services, ledger }) => {
    const stop = new AbortController();
    const counts = { reads: 0 };
    const tokens = ['admin', 'alice', 'bob'].map((user) => cloud.keystone.tokenFor(user));
    const readers = tokens.map((token) => read(services, token, counts, stop.signal));
    const seen: Look[] = [];
    try {
      const from = performance.now();
      for (let look = 1; look <= looks; look += 1) {
        await sleep(spanMs);
        const rssMiB = services.map(({ pid }) => residentBytes(pid) / MIB);
        const heapMiB = await Promise.all(services.map(async (service) => (await service.memoryBytes()) / MIB));
        for (const service of services) service.forgetOutput();
        cloud.keystone.resetRequests();
        cloud.nova.resetRequests();
        ledger.check();
        const { acknowledged } = ledger.totals();
        seen.push({ minutes: (performance.now() - from) / 60_000, acknowledged, reads: counts.reads, heapMiB, rssMiB });
        tell(seen.at(-1)!);
      }
    } finally {
      stop.abort();
      await Promise.all(readers);
    }
    return seen;
  });
  for (const [index, first] of found[0]!.heapMiB.entries()) {
    const last = found.at(-1)!.heapMiB[index]!;
    if (last - first > MOST_MORE_IN_USE_MIB)
      throw new Error(`a service had ${first.toFixed(1)} MiB in use, and ${last.toFixed(1)} MiB at the end`);
  }
  return found;
}

const READS = [
  '/RegisteredFlavors',
  '/RegisteredFlavors?limit=3',
  '/RegisteredFlavors/redis',
  '/RegisteredFlavors/kafka,mysql?hydrate=false',
  '/RegisteredFlavors/redis/flavor-1,flavor-2',
  '/RegisteredFlavors/unknown-type',
];

async function read(
  services: readonly ServiceProcess[],
  token: string,
  counts: { reads: number },
  signal: AbortSignal,
): Promise<void> {
  const headers = { 'X-Auth-Token': token };
  while (!signal.aborted) {
    const { url } = services[counts.reads % services.length]!;
    const answer = await fetch(url + READS[Math.floor(Math.random() * READS.length)]!, { headers });
    await answer.arrayBuffer();
    if (![200, 404].includes(answer.status)) throw new Error(`a read was answered ${answer.status}`);
    counts.reads += 1;
  }
}
