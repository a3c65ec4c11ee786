import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { promisify } from 'node:util';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { temporaryFolder } from '../store/temporary-folder';
import { AT_ONCE, Nginx } from '../support/nginx';
import { Page } from '../support/page';
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
        .replaceAll('/usr/local/bin/registered-flavors', process.execPath)
        .replaceAll(/^(User|Group)=.*$/gm, '$1=daemon'),
    );
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', unit]);
    const told = (stdout + stderr).split('\n').filter((line) => line.includes('registered-flavors')); // and not of other units
    expect(told).toEqual([]);
    const security = await run('systemd-analyze', ['security', '--offline=true', '--no-pager', unit]);
    const exposure = Number(/exposure level for .*: ([\d.]+)/.exec(security.stdout)?.[1]);
    expect(exposure).toBeLessThan(2);
  });

  it('is a unit that is not started again for what a start cannot mend, and whose log lines journald does not drop', async () => {
    const unit = read('registered-flavors@.service');
    const prevented = /^RestartPreventExitStatus=(.*)$/m.exec(unit)![1]!.split(' ').map(Number);
    const env = { PATH: '/usr/bin:/bin', PORT: 'x' };
    const main = path.join(ROOT, 'dist/main.js');
    await run('npm', ['run', '--silent', 'build'], { cwd: ROOT });
    const codeOf = (program: string, args: string[], own: NodeJS.ProcessEnv) =>
      run(program, args, { cwd: folder.path, env: own }).then(
        () => 0,
        ({ code }: { code: number }) => code,
      );
    const codes = [
      await codeOf(process.execPath, [main, 'serve'], env),
      await codeOf(main, ['serve'], { PATH: '/none' }),
    ];
    expect(codes).toEqual([78, 127]); // wrong settings; no Node.js, which `env` says
    expect(prevented).toEqual(codes);
    expect(unit).toMatch(/^LogRateLimitIntervalSec=0$/m);
  });

  it('is an nginx.conf that the unit of nginx can start: it waits for the file with the process id', () => {
    const waitsFor = /^PIDFile=(.*)$/m.exec(readFileSync('/lib/systemd/system/nginx.service', 'utf8'))![1];
    expect(/^pid (.*?);/m.exec(read('nginx.conf'))![1]).toBe(waitsFor);
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
    let nginx: Nginx;
    beforeAll(async () => {
      stub = await startStubCloud();
      shared = await startServicesOnOneRegistry(stub, { CORS_ALLOWED_ORIGINS: 'https://portal.example' });
      nginx = await Nginx.start(shared.services);
    });
    afterAll(async () => {
      await nginx.stop();
      await shared.stop();
      await stub.close();
    });

    const send = async (method: string, target: string, body?: string) => {
      const condition = method === 'PUT' ? { 'If-Match': '*' } : undefined;
      const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin'), ...condition };
      const typed = body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' };
      const answer = await fetch(nginx.url + target, { method, headers: typed, body: body ?? null });
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

    it('lets the page of a portal ask before it writes, and read why it may not', async () => {
      const page = new Page('https://portal.example', nginx);
      const ask = async (token: string) =>
        (await page.fetch('/RegisteredFlavors/redis/2', { method: 'DELETE', headers: { 'X-Auth-Token': token } }))
          .status;
      expect([await ask(stub.keystone.tokenFor('admin')), await ask('made-up')]).toEqual([404, 401]);
    });

    it('lets documents of any size through, and leaves other bodies beyond 1 MiB to the service', async () => {
      const blanks = ' '.repeat(600_000);
      const document = `{${['"registrations":', '{', '"redis":', '["1"]', '}'].join(blanks)}}`;
      expect((await send('PUT', '/Registrations', document)).status).toBe(200);
      const body = JSON.stringify({ service_types: ['redis'], flavor_ids: ['1'] }).padEnd(1024 * 1024 + 1);
      expect(await send('POST', '/RegisteredFlavors', body)).toEqual({
        ...{ status: 413, code: 'registered-flavors.body.too_large' },
      });
    });

    it('has a line with the address and the request id of each request', async () => {
      const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin') };
      const answer = await fetch(`${nginx.url}/RegisteredFlavors?limit=3`, { headers });
      const id = answer.headers.get('x-openstack-request-id')!;
      const line = nginx.log().find((each) => each.includes(id));
      expect(line).toMatch(/^\S+ 127\.0\.0\.1 200 "GET \/RegisteredFlavors\?limit=3 HTTP\/1\.1" req-/);
    });

    it('gives one address so many requests at once, and 429 for those beyond', async () => {
      stub.nova.isSlow(5000);
      const statuses = await Promise.all(
        Array.from({ length: 20 }, (_, id) =>
          fetch(`${nginx.url}/RegisteredFlavors/redis/${id}`, {
            method: 'POST',
            headers: { 'X-Auth-Token': stub.keystone.tokenFor('admin') },
          }).then(({ status }) => status),
        ),
      );
      stub.nova.heals();
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
      expect(statuses.filter((status) => status !== 429).length).toBeGreaterThanOrEqual(AT_ONCE);
    });

    it('asks the other one for what one that cannot use its registry refuses, and takes nobody out for it', async () => {
      const registry = shared.databaseFile;
      const alone = await startServicesOnOneRegistry(stub);
      const mixed = await Nginx.start([shared.services[0], alone.services[0]]);
      renameSync(alone.databaseFile, `${alone.databaseFile}.moved`);
      const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin') };
      const ask = async (method: string, target: string) =>
        (await fetch(mixed.url + target, { method, headers })).status;
      const statuses = [];
      for (let count = 0; count < 10; count += 1)
        statuses.push(await ask('GET', '/RegisteredFlavors/redis'), await ask('POST', '/RegisteredFlavors/mysql/3'));
      expect(statuses.filter((status) => ![200, 201].includes(status))).toEqual([]);

      renameSync(registry, `${registry}.moved`);
      const codes = new Set<unknown>();
      for (let count = 0; count < 6; count += 1) {
        const answer = await fetch(`${mixed.url}/RegisteredFlavors/redis`, { headers });
        codes.add(((await answer.json()) as { errors: { code: string }[] }).errors[0]!.code);
      }
      renameSync(`${registry}.moved`, registry);
      expect([...codes]).toEqual(['registered-flavors.registry.unavailable']); // and no page of nginx
      renameSync(`${alone.databaseFile}.moved`, alone.databaseFile);
      await mixed.stop();
      await alone.stop();
    });

    it('goes on with the one that is left', async () => {
      await shared.services[1].stop('SIGKILL');
      for (let count = 0; count < 20; count += 1) {
        expect((await send('GET', '/RegisteredFlavors/redis')).status).toBe(200);
        expect([200, 201]).toContain((await send('POST', '/RegisteredFlavors/redis/2')).status);
      }
      expect(nginx.said).not.toContain('[emerg]');
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
