import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { type Program, ServiceProcess } from '../support/service-process';
import { stubEnvironment } from '../support/stub-world';
import { type Answer, Ledger, type Report, type Sent } from './ledger';

const TYPES = ['kafka', 'mysql', 'redis', 'vertica'];
const IDS = Array.from({ length: 12 }, (_, index) => `flavor-${index}`);
/** As often as they are listed. */
const METHODS: readonly Sent['method'][] = ['POST', 'POST', 'POST', 'DELETE', 'DELETE', 'PATCH', 'PATCH', 'PUT'];
const WRITERS = 6;
const LONGEST_ROUND_MS = 120;
/** In so many rounds both processes are killed at once: then nobody is left to finish what the other began. */
const ROUNDS_PER_DOUBLE_KILL = 5;

/**
 * Kills one of two services on one registry, or both, with SIGKILL at a random moment while six writers go on, again and
 * again; and looks at the file each time: whether every acknowledged write is there with its events, whether any write is
 * there by half, whether events and registrations agree, and what SQLite says of its integrity.
 * @throws Error at the first thing that is wrong
 */
export async function torture(rounds: number, program: Program): Promise<Report> {
  const stub = await startStubCloud();
  stub.nova.add(...IDS.map((id) => ({ id, name: id, ram: 1024, vcpus: 1, disk: 1 })));
  const folder = mkdtempSync(path.join(os.tmpdir(), 'torture-'));
  const databaseFile = path.join(folder, 'registry.db');
  const shared = {
    ...{ ...stubEnvironment(stub), DATABASE_URL: `file:${databaseFile}` },
    ...{ LOG_LEVEL: 'info', SHUTDOWN_SECONDS: '2' },
  };
  const services = await Promise.all([ServiceProcess.start(shared, program), ServiceProcess.start(shared, program)]);
  const ledger = new Ledger(databaseFile);
  const stop = new AbortController();
  const writers = Array.from({ length: WRITERS }, () => write(stub, services, ledger, stop.signal));
  let kills = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      await sleep(Math.random() * LONGEST_ROUND_MS);
      const victims = round % ROUNDS_PER_DOUBLE_KILL === 0 ? [0, 1] : [round % 2];
      await Promise.all(victims.map((index) => services[index]!.stop('SIGKILL')));
      kills += victims.length;
      await Promise.all(victims.map(async (index) => (services[index] = await ServiceProcess.start(shared, program))));
      ledger.check();
    }
  } finally {
    stop.abort();
    await Promise.all(writers);
    for (const service of services) await service.stop();
    await stub.close();
  }
  ledger.check();
  rmSync(folder, { recursive: true });
  return { rounds, kills, ...ledger.totals() };
}

/** Registers, deregisters and declares at random until told to stop, and writes down what was sent and what was answered. */
async function write(
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
