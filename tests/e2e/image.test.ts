import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../store/temporary-folder';
import { environmentOnCloud } from '../support/cloud-world';
import { freePort } from '../support/haproxy';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '../..');
const MINUTES = 60_000;
/** It shares this machine's network and processes, and cannot make the root of a container read-only. */
const ISOLATION = ['--isolation', 'chroot'];
const HOME = '/var/lib/registered-flavors';
const CHECK = ['CMD', 'node', '/opt/registered-flavors/dist/healthcheck.js'];

/** As Docker's format of images has it. Durations are in nanoseconds. */
interface Image {
  readonly Docker: {
    readonly config: {
      readonly User: string;
      readonly Entrypoint: readonly string[];
      readonly Cmd: readonly string[];
      readonly Volumes: Readonly<Record<string, object>>;
      readonly Healthcheck: { readonly Test: readonly string[]; readonly Interval: number; readonly Timeout: number };
    };
  };
}

/** Built as an operator would, but on an image that is made here: that of the Containerfile is in a registry. */
describe('the image of deploy/Containerfile', () => {
  jest.setTimeout(20 * MINUTES);
  const folder = temporaryFolder();
  const storage = ['--root', folder.in('storage'), '--runroot', folder.in('run')];
  const buildah = async (...args: string[]) => {
    const { stdout } = await run('buildah', [...storage, ...args], { cwd: ROOT, maxBuffer: 2 ** 26 });
    return stdout.trim();
  };
  let container: string;
  let root: string;
  let service: ChildProcess | undefined;
  let pid: number;

  beforeAll(async () => {
    await run(path.join(ROOT, 'tests/cloud/node-image.sh'), ['localhost/node', ...storage]);
    const built = ['--format', 'docker', '--tag', 'localhost/built', '--file', 'deploy/Containerfile'];
    await buildah(
      'build',
      ...ISOLATION,
      '--network',
      'host',
      '--build-arg',
      'NODE_IMAGE=localhost/node',
      ...built,
      '.',
    );
    container = await buildah('from', '--pull-never', 'localhost/built');
    root = await buildah('mount', container);
  });
  afterAll(async () => {
    if (service?.exitCode === null) process.kill(pid, 'SIGKILL'); // a test has failed
    await buildah('rm', '--all');
    await buildah('rmi', '--all', '--force');
    folder.remove();
  });

  it('holds the package, and nothing of the folder that it was built in', () => {
    expect(readdirSync(path.join(root, 'opt/registered-flavors')).sort()).toEqual([
      ...['.env.example', 'CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'api-spec.yaml', 'deploy', 'dist'],
      ...['docs', 'drizzle', 'node_modules', 'npm-shrinkwrap.json', 'package.json'],
    ]);
    expect(existsSync(path.join(root, 'src'))).toBe(false);
  });

  it('keeps the numbers of its user, whatever image it is built on: volumes belong to them', () => {
    const { uid, gid, mode } = statSync(path.join(root, HOME));
    expect([uid, gid, (mode & 0o777).toString(8)]).toEqual([10001, 0, '770']);
  });

  it('runs as a user of its own, which has one place to write to, and is asked whether it is well', async () => {
    const { config } = (JSON.parse(await buildah('inspect', container)) as Image).Docker;
    expect(config).toMatchObject({
      ...{ User: '10001:10001', Entrypoint: ['registered-flavors'], Cmd: ['serve'], Volumes: { [HOME]: {} } },
      Healthcheck: { Test: CHECK, Interval: 10e9, Timeout: 5e9 },
    });
  });

  it('serves, is well, stops at SIGTERM, and writes nowhere but in its volume', async () => {
    const port = await freePort();
    const settings = { ...environmentOnCloud(), HOST: '127.0.0.1', PORT: String(port), DRAIN_SECONDS: '0' };
    const variables = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const runs = [...storage, 'run', ...ISOLATION, ...variables, container, '--'];
    const { Healthcheck } = (JSON.parse(await buildah('inspect', container)) as Image).Docker.config;
    const [, ...check] = Healthcheck.Test;

    await expect(run('buildah', [...runs, ...check])).rejects.toMatchObject({ code: 1 }); // nobody is there yet
    service = spawn('buildah', [...runs, 'sh', '-c', 'echo pid=$$ && exec registered-flavors serve']);
    const output = await says(service, /"message":"OpenStack is there"/);
    pid = Number(/^pid=(\d+)$/m.exec(output())![1]);
    await run('buildah', [...runs, ...check]);
    expect(await (await fetch(`http://127.0.0.1:${port}/readiness`)).json()).toEqual({ degraded: [] });

    const ended = once(service, 'exit');
    process.kill(pid, 'SIGTERM');
    expect([await ended, output()]).toEqual([[0, null], expect.stringContaining('"message":"stopped"')]);
    const own = ['-user', String(await uidOf('registered-flavors')), '-not', '-path', `*${HOME}*`];
    expect((await run('find', [root, '-xdev', ...own])).stdout).toBe('');
    expect(readdirSync(path.join(root, HOME))).toEqual([]); // a volume is not in the image
    expect(await buildah('run', ...ISOLATION, container, '--', 'ls', '-A', HOME)).toBe('data');
  });

  it('runs as any user of group 0, as OpenShift starts it, and its check finds HOST and the PORT of .env', async () => {
    const port = await freePort();
    const settings = { ...environmentOnCloud(), HOST: '127.0.0.2', DRAIN_SECONDS: '0' };
    const variables = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const own = await buildah('from', '--pull-never', 'localhost/built'); // a volume that nobody has written to
    const runs = [...storage, 'run', ...ISOLATION, '--user', '1000700000:0', ...variables, own, '--'];
    const [, ...check] = CHECK;
    const start = `echo PORT=${port} > .env && echo pid=$$ && exec registered-flavors serve`;
    service = spawn('buildah', [...runs, 'sh', '-c', start]);
    const output = await says(service, /"message":"OpenStack is there"/);
    pid = Number(/^pid=(\d+)$/m.exec(output())![1]);
    const { stdout } = await run('buildah', [...runs, ...check]);
    expect(stdout).toContain(`http://127.0.0.2:${port}/healthcheck: 200`);
    const ended = once(service, 'exit');
    process.kill(pid, 'SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  async function uidOf(user: string): Promise<number> {
    return Number(await buildah('run', ...ISOLATION, container, '--', 'id', '-u', user));
  }
});

/** Waits until a process has printed something; gives all that it has printed by then. */
async function says(process: ChildProcess, text: RegExp): Promise<() => string> {
  let output = '';
  for (const stream of [process.stdout, process.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  while (!text.test(output)) {
    if (process.exitCode !== null) throw new Error(output);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return () => output;
}
