import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StubCloud } from '../../src/stub/stub-cloud';
import type { ServiceProcess } from '../support/service-process';
import type { Answer, Ledger, Sent } from './ledger';

const TYPES = ['kafka', 'mysql', 'redis', 'vertica'];
const IDS = Array.from({ length: 12 }, (_, index) => `flavor-${index}`);
/** As often as they are listed. */
const METHODS: readonly Sent['method'][] = ['POST', 'POST', 'POST', 'DELETE', 'DELETE', 'PATCH', 'PATCH', 'PUT'];

/** Creates in Nova the flavors that are registered. */
export function createFlavors({ nova }: StubCloud): void {
  nova.add(...IDS.map((id) => ({ id, name: id, ram: 1024, vcpus: 1, disk: 1 })));
}

/** Registers, deregisters and declares at random until told to stop, and writes down what was sent and what was answered. */
export async function write(
  stub: StubCloud,
  services: readonly ServiceProcess[],
  ledger: Ledger,
  signal: AbortSignal,
): Promise<void> {
  const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin') };
  while (!signal.aborted) {
    const method = METHODS[Math.floor(Math.random() * METHODS.length)]!;
    const sent = { method, types: some(TYPES), ids: some(IDS), globalId: `req-${randomUUID()}` };
    if (Math.random() < 0.1) stub.nova.change(sent.ids[0]!, { ram: 1024 * (1 + Math.floor(Math.random() * 4)) });
    ledger.sends(sent);
    const { url } = services[Math.floor(Math.random() * services.length)]!;
    try {
      const answer = await send(url, sent, { ...headers, 'X-OpenStack-Request-Id': sent.globalId });
      ledger.hears(sent, answer.status, (await answer.json()) as Answer);
    } catch (error) {
      if (wasRefused(error))
        ledger.wasNotSent(sent); // that service is not there yet
      else ledger.hearsNothing(sent);
      await sleep(5);
    }
  }
}

/** By the lists of a URL or by a document; a document for everything is made of what was read, or for whatever is there. */
async function send(url: string, { method, types, ids }: Sent, headers: Record<string, string>): Promise<Response> {
  if (method === 'POST' || method === 'DELETE') {
    return fetch(`${url}/RegisteredFlavors/${types.join()}/${ids.join()}`, { method, headers });
  }
  const condition = method === 'PUT' ? { 'If-Match': await etagOf(url, headers) } : undefined;
  return fetch(`${url}/Registrations`, {
    method,
    headers: { ...headers, ...condition, 'Content-Type': 'application/json' },
    body: JSON.stringify({ registrations: Object.fromEntries(types.map((type) => [type, ids])) }),
  });
}

async function etagOf(url: string, headers: Record<string, string>): Promise<string> {
  if (Math.random() < 0.5) return '*';
  const answer = await fetch(`${url}/Registrations`, { headers });
  await answer.arrayBuffer();
  return answer.headers.get('etag') ?? '*';
}

function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ECONNREFUSED';
}

function some(items: readonly string[]): string[] {
  const picked = items.filter(() => Math.random() < 0.4);
  return picked.length > 0 ? picked : [items[Math.floor(Math.random() * items.length)]!];
}
