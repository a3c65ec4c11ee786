import autocannon from 'autocannon';
import type { ServiceProcess } from '../support/service-process';

const CONNECTIONS = 16;
const ROUNDS = 5;

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
 * The server's own processor time for one request, in microseconds: the best of several rounds, the contenders in turn.
 * Requests per second would measure the load generator, where the two share few cores.
 */
export async function cpuPerRequest(contenders: readonly Contender[], requests: number): Promise<Map<string, number>> {
  const best = new Map(contenders.map(({ name }) => [name, Infinity]));
  for (const contender of contenders) await load(contender, requests / 2); // until the code is compiled
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const contender of contenders) {
      const before = await contender.server.cpuMicroseconds();
      await load(contender, requests);
      const spent = (await contender.server.cpuMicroseconds()) - before;
      best.set(contender.name, Math.min(best.get(contender.name)!, spent / requests));
    }
  }
  return best;
}

async function load({ name, server, path, headers = {}, status }: Contender, amount: number): Promise<void> {
  const result = await autocannon({ url: server.url + path, headers, amount, connections: CONNECTIONS });
  const counts = Object.entries(result.statusCodeStats ?? {});
  if (counts.length !== 1 || counts[0]![0] !== String(status)) {
    throw new Error(`${name} had to answer ${status} each time, and answered ${JSON.stringify(counts)}`);
  }
}
