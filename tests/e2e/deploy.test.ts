import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { promisify } from 'node:util';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { temporaryFolder } from '../store/temporary-folder';
import { freePort } from '../support/haproxy';
import { type ServicesOnOneRegistry, startServicesOnOneRegistry } from '../support/services-on-one-registry';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '../..');
const DEPLOY = path.join(ROOT, 'deploy');
const read = (file: string) => readFileSync(path.join(DEPLOY, file), 'utf8');
const PATH = `${process.env['PATH']}:/usr/sbin`;

describe('what stands in deploy/', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  it('is a unit that systemd understands, and that leaves little open', async () => {
    const unit = folder.in('registered-flavors@8788.service');
    // Neither the program nor the user is installed here.
    writeFileSync(
      unit,
      read('registered-flavors@.service')
        .replace('/usr/local/bin/registered-flavors', process.execPath)
        .replaceAll(/^(User|Group)=.*$/gm, '$1=daemon'),
    );
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', unit]);
    const told = (stdout + stderr).split('\n').filter((line) => line.includes('registered-flavors')); // and not of other units
    expect(told).toEqual([]);
    const security = await run('systemd-analyze', ['security', '--offline=true', '--no-pager', unit]);
    const exposure = Number(/exposure level for .*: ([\d.]+)/.exec(security.stdout)?.[1]);
    expect(exposure).toBeLessThan(2);
  });

  it('is a unit that lets the service ask of the kernel what it does', async () => {
    await run('npm', ['run', '--silent', 'build'], { cwd: ROOT });
    const trace = folder.in('trace');
    const demo = ['-f', '-qq', '-o', trace, process.execPath, path.join(ROOT, 'dist/main.js'), 'demo', '--once'];
    await run('strace', demo, { cwd: folder.path });
    const asked = new Set([...readFileSync(trace, 'utf8').matchAll(/^\d+ +(\w+)\(/gm)].map(([, name]) => name!));
    expect(asked.size).toBeGreaterThan(30);
    const allowed = await allowedCalls(read('registered-flavors@.service'));
    for (const name of ['fchown', 'chown']) asked.delete(name); // of SQLite and of us, as root and nobody else
    expect([...asked].filter((name) => !allowed.has(name))).toEqual([]);
  });

  it('can be stopped while it starts, also as the first process of a container, which no signal ends by itself', async () => {
    await run('npm', ['run', '--silent', 'build'], { cwd: ROOT });
    const main = path.join(ROOT, 'dist/main.js');
    const url = `file:${folder.in('registry.db')}`;
    await run(process.execPath, [main, 'migrate'], { env: { PATH, DATABASE_URL: url } });
    const registry = new Database(folder.in('registry.db'));
    registry.exec('BEGIN EXCLUSIVE'); // it waits for it
    const settings = { OS_AUTH_URL: 'http://127.0.0.1:9/v3', OS_USERNAME: 'u', OS_PASSWORD: 'p', OS_PROJECT_NAME: 'p' };
    const env = { PATH, PORT: '0', DATABASE_URL: url, ...settings };
    const outer = spawn('unshare', ['--pid', '--fork', process.execPath, main, 'serve'], { cwd: folder.path, env });
    const first = () => Number(readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8'));
    const signal = (name: NodeJS.Signals) => first() !== 0 && process.kill(first(), name);
    try {
      for (let tries = 0; tries < 100 && outer.exitCode === null; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 100)); // until it listens to signals it is deaf
        if (outer.exitCode === null) signal('SIGTERM');
      }
      expect(outer.exitCode).toBe(143);
    } finally {
      if (outer.exitCode === null) signal('SIGKILL');
    }
    registry.close();
  });

  it('are alerting rules that Prometheus understands, and that sound for what they are meant for', async () => {
    await run('promtool', ['check', 'rules', path.join(DEPLOY, 'alerts.yml')]);
    const { stdout } = await run('promtool', ['test', 'rules', path.join(__dirname, 'alerts.yml')]); // ends with 1 otherwise
    expect(stdout).toContain('SUCCESS');
  });

  describe('for nginx', () => {
    let stub: StubCloud;
    let shared: ServicesOnOneRegistry;
    let nginx: ChildProcess;
    let url: string;
    let said = '';
    beforeAll(async () => {
      stub = await startStubCloud();
      shared = await startServicesOnOneRegistry(stub);
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      const own = temporaryFolder();
      const [first, second] = shared.services.map((service) => new URL(service.url).host);
      writeFileSync(
        own.in('nginx.conf'),
        read('nginx.conf')
          .replace('127.0.0.1:8780', `127.0.0.1:${port}`)
          .replace('127.0.0.1:8788', first!)
          .replace('127.0.0.1:8789', second!)
          .replace('/run/nginx-registered-flavors.pid', own.in('pid')),
      );
      nginx = spawn('nginx', ['-c', own.in('nginx.conf'), '-p', own.path, '-e', 'stderr', '-g', 'daemon off;'], {
        env: { PATH },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      nginx.once('error', (error) => (said += `${error.message}: tests/cloud/up.sh installs nginx\n`));
      nginx.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
      while ((await fetch(`${url}/healthcheck`).catch(() => undefined)) === undefined) {
        if (nginx.pid === undefined || nginx.exitCode !== null) throw new Error(said);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    afterAll(async () => {
      const ended = once(nginx, 'exit');
      nginx.kill('SIGTERM');
      await ended;
      await shared.stop();
      await stub.close();
    });

    const send = async (method: string, target: string, body?: string) => {
      const condition = method === 'PUT' ? { 'If-Match': '*' } : undefined;
      const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin'), ...condition };
      const typed = body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' };
      const answer = await fetch(url + target, { method, headers: typed, body: body ?? null });
      const { errors } = (await answer.json()) as { errors?: { code: string }[] };
      return { status: answer.status, code: errors?.[0]?.code };
    };

    it('lets 1,000 UUIDs through, and leaves what is too long to the service', async () => {
      const uuids = (count: number) => Array.from({ length: count }, () => randomUUID()).join();
      expect(await send('DELETE', `/RegisteredFlavors/redis/${uuids(1000)}`)).toEqual({
        ...{ status: 404, code: 'registered-flavors.registration.not_found' },
      });
      expect(await send('DELETE', `/RegisteredFlavors/redis/${uuids(1350)}`)).toEqual({
        ...{ status: 414, code: 'registered-flavors.uri.too_long' },
      });
    });

    it('lets a body of 1 MiB through, and leaves a larger one to the service', async () => {
      const document = (bytes: number) => JSON.stringify({ registrations: { redis: ['1'] } }).padEnd(bytes);
      expect((await send('PUT', '/Registrations', document(1024 * 1024))).status).toBe(200);
      expect(await send('PATCH', '/Registrations', document(1024 * 1024 + 1))).toEqual({
        ...{ status: 413, code: 'registered-flavors.body.too_large' },
      });
    });

    it('goes on with the one that is left', async () => {
      await shared.services[1].stop('SIGKILL');
      for (let count = 0; count < 20; count += 1) {
        expect((await send('GET', '/RegisteredFlavors/redis')).status).toBe(200);
        expect([200, 201]).toContain((await send('POST', '/RegisteredFlavors/redis/2')).status);
      }
      expect(said).not.toContain('[emerg]');
    });
  });
});

/** What the SystemCallFilter lines of a unit come to (systemd.exec(5)): the first one allows, those with ~ take away. */
async function allowedCalls(unit: string): Promise<Set<string>> {
  const { stdout } = await run('systemd-analyze', ['--no-pager', 'syscall-filter']);
  const sets = new Map<string, string[]>();
  for (const [, name, members] of stdout.matchAll(/^(@[\w-]+)\n((?: .*\n)*)/gm))
    sets.set(
      name!,
      members!.split('\n').flatMap((line) => /^ +([@\w-]+)$/.exec(line)?.[1] ?? []),
    );
  const expand = (name: string): string[] => (name.startsWith('@') ? (sets.get(name) ?? []).flatMap(expand) : [name]);
  const allowed = new Set<string>();
  for (const [, takesAway, names] of unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm)) {
    for (const call of names!.split(' ').flatMap(expand)) {
      if (takesAway === '~') allowed.delete(call);
      else allowed.add(call);
    }
  }
  return allowed;
}
