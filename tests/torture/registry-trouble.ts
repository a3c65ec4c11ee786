import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { backUp } from '../../src/store/sqlite/back-up';
import { errorCode } from '../../src/store/sqlite/sqlite-errors';
import { type Program, ServiceProcess } from '../support/service-process';
import { stubEnvironment } from '../support/stub-world';

const TYPES = Array.from({ length: 10 }, (_, index) => `type-${index}`);
const IDS = Array.from({ length: 300 }, (_, index) => `flavor-${String(index).padStart(3, '0')}`);
const DISK = '2m';
const STANDING = { redis: ['flavor-000'] };

/** What the service did while its registry was in trouble. */
export interface TroubleRow {
  readonly trouble: string;
  /** How each kind of write was answered. */
  readonly writes: string;
  readonly reads: string;
  /** How a write was answered once the cause had gone away, without a restart; or after one. */
  readonly afterwards: string;
}

interface Trouble {
  readonly name: string;
  /** How the service is ended when it does not go on by itself. */
  readonly restart?: NodeJS.Signals;
  /** Begins, and tells how to end it. */
  readonly begin: (file: string, client: Client) => (() => void) | Promise<() => void>;
}

const TROUBLES: readonly Trouble[] = [
  { name: 'the disk is full', begin: fillDisk },
  { name: 'locked by another process for longer than the wait', begin: lock },
  { name: 'the file is moved away, and later back', begin: moveAway },
  { name: 'the file is replaced by a copy', restart: 'SIGTERM', begin: replace },
  { name: 'the file is replaced by an older backup', restart: 'SIGTERM', begin: goBack },
  { name: 'the file is replaced by an older backup, and the service killed', restart: 'SIGKILL', begin: goBack },
];

/**
 * Brings each trouble about, sends each kind of write and read, ends it, and writes again. What is registered is compared
 * each time with what was acknowledged.
 * @throws Error when they differ, or when this process may not mount a small disk
 */
export async function registryTrouble(program: Program): Promise<TroubleRow[]> {
  const stub = await startStubCloud();
  stub.nova.add(...IDS.map((id) => ({ id, name: id, ram: 1024, vcpus: 1, disk: 1 })));
  const disk = mkdtempSync(path.join(os.tmpdir(), 'small-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk]);
  try {
    const rows: TroubleRow[] = [];
    for (const trouble of TROUBLES)
      rows.push(await meet(trouble, { stub, program, file: path.join(disk, 'registry.db') }));
    return rows;
  } finally {
    await stub.close();
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  }
}

/** Whether this process may do what {@link registryTrouble} needs: some containers do not let even root mount. */
export function mayMount(): boolean {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'may-mount-'));
  try {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder]).status === 0;
    if (mounted) execFileSync('umount', [folder]);
    return mounted;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Registrations = Record<string, readonly string[]>;

async function meet(
  { name, restart, begin }: Trouble,
  { stub, program, file }: { stub: StubCloud; program: Program; file: string },
): Promise<TroubleRow> {
  for (const left of readdirSync(path.dirname(file))) rmSync(path.join(path.dirname(file), left));
  const environment = { ...stubEnvironment(stub), DATABASE_URL: `file:${file}`, LOG_LEVEL: 'error' };
  let service = await ServiceProcess.start({ ...environment, LOG_LEVEL: 'info' }, program);
  const client = new Client(() => service.url, stub.keystone.tokenFor('admin'));
  try {
    await client.mustBe(200, 'PUT', '/Registrations', STANDING);
    const end = await begin(file, client);
    const writes = await client.writeInAllWays();
    const reads = await client.send('GET', '/Registrations');
    end();
    if (restart !== undefined) {
      await service.stop(restart);
      service = await ServiceProcess.start({ ...environment, LOG_LEVEL: 'info' }, program);
    }
    await client.compare(name);
    const [afterwards, ms] = await client.mustBe(200, 'PATCH', '/Registrations', { kafka: IDS.slice(0, 3) });
    await client.compare(name);
    return {
      trouble: name,
      writes,
      reads: reads.text,
      afterwards: `${afterwards}, ${ms} ms${restart !== undefined ? ', after a restart' : ''}`,
    };
  } finally {
    await service.stop();
  }
}

/** Writes, and remembers what was acknowledged. */
class Client {
  private acknowledged: Registrations = {};

  constructor(
    private readonly url: () => string,
    private readonly token: string,
  ) {}

  /** Each kind of write once, with much to write; how they were answered. */
  async writeInAllWays(): Promise<string> {
    const all = Object.fromEntries(TYPES.map((type) => [type, IDS]));
    const ways: [string, string, Registrations | undefined, Registrations][] = [
      ['POST', `/RegisteredFlavors/${TYPES.join()}/${IDS.join()}`, undefined, { ...STANDING, ...all }],
      ['DELETE', '/RegisteredFlavors/redis/flavor-000', undefined, {}],
      ['PATCH', '/Registrations', all, { ...STANDING, ...all }],
      ['PUT', '/Registrations', all, all],
    ];
    const told: string[] = [];
    for (const [method, target, registrations, wanted] of ways) {
      const answer = await this.send(method, target, registrations);
      if (answer.status < 300) this.acknowledged = wanted;
      else if (answer.status !== 503) throw new Error(`${method} was answered ${answer.text}`);
      told.push(`${method} ${answer.text}`);
    }
    return told.join('; ');
  }

  async mustBe(
    status: number,
    method: string,
    target: string,
    registrations: Registrations,
  ): Promise<[number, number]> {
    const began = performance.now();
    const answer = await this.send(method, target, registrations);
    if (answer.status !== status) throw new Error(`${method} ${target} was answered ${answer.text}`);
    this.acknowledged = method === 'PUT' ? registrations : { ...this.acknowledged, ...registrations };
    return [status, Math.round(performance.now() - began)];
  }

  /** From now on only this is registered: somebody has put a backup in place. */
  goesBackTo(registrations: Registrations): void {
    this.acknowledged = registrations;
  }

  /** @throws Error unless just that is registered that was acknowledged */
  async compare(when: string): Promise<void> {
    const { body } = await this.send('GET', '/Registrations');
    const [found, wanted] = [JSON.stringify(body), JSON.stringify({ registrations: sorted(this.acknowledged) })];
    if (found !== wanted)
      throw new Error(`${when}: ${found.slice(0, 500)} is registered, and not ${wanted.slice(0, 500)}`);
  }

  async send(method: string, target: string, registrations?: Registrations) {
    const answer = await fetch(this.url() + target, {
      method,
      headers: {
        ...{ 'X-Auth-Token': this.token, 'Content-Type': 'application/json' },
        ...(method === 'PUT' && { 'If-Match': '*' }),
      },
      body: registrations === undefined ? null : JSON.stringify({ registrations }),
    });
    const body = (await answer.json()) as { errors?: { code: string }[] };
    const code = body.errors?.[0]?.code.replace('registered-flavors.', ' ') ?? '';
    return { status: answer.status, body, text: `${answer.status}${code}` };
  }
}

function sorted(registrations: Registrations): Registrations {
  return Object.fromEntries(Object.entries(registrations).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Up to the last page. */
function fillDisk(file: string): () => void {
  const filler = `${file}.filler`;
  for (let size = 64 * 1024; size >= 4096;) {
    try {
      writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if (errorCode(error) !== 'ENOSPC') throw error;
      size /= 2;
    }
  }
  return () => rmSync(filler);
}

function lock(file: string): () => void {
  const other = new Database(file);
  other.exec('BEGIN IMMEDIATE');
  return () => other.close();
}

function moveAway(file: string): () => void {
  renameSync(file, `${file}.moved`);
  return () => renameSync(`${file}.moved`, file);
}

/** As somebody restores a backup, without stopping the service first. */
function replace(file: string): () => void {
  const other = new Database(file);
  other.pragma('wal_checkpoint(TRUNCATE)');
  other.close();
  copyFileSync(file, `${file}.copy`);
  renameSync(`${file}.copy`, file);
  return () => undefined;
}

/** As the one before, with a backup of before the last writes; some are in the file by now, some in its log. */
async function goBack(file: string, client: Client): Promise<() => void> {
  backUp(file, `${file}.backup`);
  await client.mustBe(200, 'PATCH', '/Registrations', { kafka: IDS, mysql: IDS });
  const other = new Database(file);
  other.pragma('wal_checkpoint(TRUNCATE)');
  other.close();
  await client.mustBe(200, 'PATCH', '/Registrations', { vertica: IDS.slice(0, 2) });
  renameSync(`${file}.backup`, file);
  client.goesBackTo(STANDING);
  return () => undefined;
}
