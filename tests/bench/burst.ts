import net from 'node:net';
import { flavorId } from '../support/measured-flavors';
import { FLAVORS_IN_NOVA, startService, register } from './cloud';
import { atMost, type Bench, forOrientation } from './figure';

const READERS = 1000;

/** Many readers who come at the same moment, each for another type, while nothing is known. */
export const burst: Bench = {
  subject: 'burst of cold reads',
  run: async (cloud, keep) => {
    const first = keep(await startService(cloud, { FLAVOR_MAX_STALE_SECONDS: '0' })); // keeps nothing for the next one
    for (let index = 0; index < READERS; index += 1) await register(first, cloud, `b${index}`, [flavorId(index * 2)]);
    const DATABASE_URL = `file:${first.folder}/data/registered-flavors.db`;
    const ours = keep(await startService(cloud, { DATABASE_URL }));
    const headers = { 'X-Auth-Token': cloud.keystone.tokenFor('alice') };
    await fetch(`${ours.url}/RegisteredFlavors/nothing`, { headers }); // the token is known then
    const readers = await Promise.all(Array.from({ length: READERS }, () => connect(new URL(ours.url))));
    cloud.nova.resetRequests();
    const from = performance.now();
    const answers = await Promise.all(
      readers.map((reader, index) => ask(reader, `/RegisteredFlavors/b${index}`, headers['X-Auth-Token'])),
    );
    const took = performance.now() - from;
    if (answers.some((answer) => !answer.startsWith('HTTP/1.1 200'))) throw new Error('not every reader got an answer');
    if (cloud.nova.requests.length === 0) throw new Error('these reads were not cold');
    const pages = Math.ceil(FLAVORS_IN_NOVA / 1000) + 1;
    return [
      forOrientation(`${READERS} concurrent cold GETs of different types, all answered after`, `${took.toFixed(0)} ms`),
      atMost('requests to Nova for all of them: the first, and one walk', cloud.nova.requests.length, 1 + pages),
    ];
  },
};

function connect({ hostname, port }: URL): Promise<net.Socket> {
  const socket = net.connect(Number(port), hostname);
  return new Promise((resolve, reject) => socket.once('connect', () => resolve(socket)).once('error', reject));
}

/** All requests go out at once: the connections are there already. */
function ask(socket: net.Socket, target: string, token: string): Promise<string> {
  const chunks: Buffer[] = [];
  socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${token}\r\nConnection: close\r\n\r\n`);
  return new Promise((resolve, reject) => {
    socket
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .once('close', () => resolve(Buffer.concat(chunks).toString()))
      .once('error', reject);
  });
}
