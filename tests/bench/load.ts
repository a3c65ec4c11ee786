import autocannon from 'autocannon';
import type { ServiceProcess } from '../support/service-process';

const CONNECTIONS = 16;
const ROUNDS = 21;

/** Something that is asked again and again. */
export interface Contender {
  readonly name: string;
  readonly server: ServiceProcess;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The only status that counts. */
  readonly status: number;
}

/**
 * The server's own processor time for one request, in microseconds: the median of many short rounds, the contenders in
 * turn. Where the cores are shared, what one round costs depends on what runs beside it; the least of a few rounds says
 * who was lucky. Requests per second would measure the load generator.
 *
 * @param requests for each contender, in all rounds together
 */
export async function cpuPerRequest(contenders: readonly Contender[], requests: number): Promise<Map<string, number>> {
  const found = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  const perRound = Math.ceil(requests / ROUNDS);
  for (const contender of contenders) await load(contender, requests / 8); // until the code is compiled
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contender of contenders) {
      const before = await contender.server.cpuMicroseconds();
      await load(contender, perRound);
      const spent = (await contender.server.cpuMicroseconds()) - before;
      found.get(contender.name)!.push(spent / perRound);
    }
  }
  return new Map([...found].map(([name, costs]) => [name, median(costs)]));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) / 2]!;
}

async function load({ name, server, path, headers = {}, status }: Contender, amount: number): Promise<void> {
  const result = await autocannon({ url: server.url + path, headers, amount, connections: CONNECTIONS });
  const counts = Object.entries(result.statusCodeStats ?? {});
  if (counts.length !== 1 || counts[0]![0] !== String(status)) {
    throw new Error(`${name} had to answer ${status} each time, and answered ${JSON.stringify(counts)}`);
  }
}
