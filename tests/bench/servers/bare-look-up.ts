// Asks Nova for flavors as a script would: the same requests as our service, and nothing else done with the answers.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';

const { NOVA_URL = '', NOVA_TOKEN = '' } = process.env;
const agent = new http.Agent({ keepAlive: true });
const headers = { 'X-Auth-Token': NOVA_TOKEN, 'OpenStack-API-Version': 'compute 2.93', Accept: 'application/json' };

interface Page {
  readonly flavors: { readonly id: string }[];
  readonly flavors_links?: unknown[];
}

async function get<T>(path: string): Promise<T> {
  return (await axios.get<T>(NOVA_URL + path, { httpAgent: agent, headers })).data;
}

async function getEach(ids: string[]): Promise<unknown[]> {
  const waiting = [...ids];
  const flavors: unknown[] = [];
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) flavors.push(await get(`/flavors/${id}`));
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return flavors;
}

async function walk(ids: string[]): Promise<unknown[]> {
  const wanted = new Set(ids);
  const flavors: unknown[] = [];
  for (let marker = ''; wanted.size > 0;) {
    const page = await get<Page>(`/flavors/detail?is_public=None&limit=1000${marker}`);
    for (const flavor of page.flavors) if (wanted.delete(flavor.id)) flavors.push(flavor);
    if (page.flavors_links === undefined) break;
    marker = `&marker=${page.flavors.at(-1)?.id}`;
  }
  return flavors;
}

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const ids = JSON.parse(Buffer.concat(chunks).toString()) as string[];
    const look = request.url === '/walk' ? walk(ids) : getEach(ids);
    void look.then((flavors) => response.end(JSON.stringify(flavors)));
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`{"url":"http://127.0.0.1:${(server.address() as AddressInfo).port}"}\n`);
});
process.once('SIGTERM', () => process.exit(0));
