import { flood, type FloodRequest } from '../support/hostile/http-flood';
import { flavorId } from '../support/measured-flavors';
import { register, spread, startService } from './cloud';
import { atMost, type Bench, forOrientation } from './figure';

const FIRST = 20_000;
const ALL = 200_000;
const MIB = 1024 * 1024;

/** What is still held after very many requests of all kinds. */
export const memory: Bench = {
  subject: 'memory',
  run: async (cloud, keep) => {
    const ours = keep(await startService(cloud));
    await register(ours, cloud, 'redis,mysql,vertica', spread(100));
    const tokens = ['admin', 'alice', 'bob', 'carol'].map((user) => cloud.keystone.tokenFor(user));
    const requestOf = (number: number): FloodRequest => mixed(number, tokens);
    const rounds = [];
    for (let from = 0; from < ALL; from += FIRST) {
      await flood(ours.url, { from, to: from + FIRST }, requestOf);
      cloud.keystone.resetRequests();
      cloud.nova.resetRequests();
      rounds.push((await ours.memoryBytes()) / MIB);
    }
    return [
      forOrientation(`in use after each ${FIRST} requests, MiB`, rounds.map((mib) => mib.toFixed(0)).join(', ')),
      atMost(
        `${ALL} mixed requests: more in use than after the first ${FIRST}`,
        rounds.at(-1)! - rounds[0]!,
        20,
        ' MiB',
      ),
    ];
  },
};

/** Another request for each number: known and unknown types, ids, tokens and content types, well-formed and not. */
function mixed(number: number, tokens: readonly string[]): FloodRequest {
  const random = (below: number): number => Math.floor(Math.random() * below);
  const token = random(20) === 0 ? `unknown-${number}` : tokens[random(tokens.length)]!;
  const headers = { 'X-Auth-Token': token, 'Content-Type': `application/x-${random(100_000)}` };
  const type = ['redis', 'mysql', 'vertica', 'redis,mysql', `type-${random(5000)}`, `Bad-${number}`][random(6)]!;
  const id = flavorId(random(2000));
  switch (random(8)) {
    case 0:
      return { method: 'POST', path: `/RegisteredFlavors/mixed-${random(1000)}/${id}`, headers };
    case 1:
      return { method: 'DELETE', path: `/RegisteredFlavors/mixed-${random(1000)}/${id}`, headers, body: '{}' };
    case 2:
      return { path: `/nothing/${number}?a=${number}`, headers };
    default:
      return { path: `/RegisteredFlavors/${type}`, headers: { ...headers, 'If-None-Match': `"${number}"` } };
  }
}
