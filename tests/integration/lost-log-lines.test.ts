import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { runCommand } from '../support/command-line';
import { freePort } from '../support/haproxy';
import { flood } from '../support/hostile/http-flood';
import { timed } from '../support/own-time';
import { stubEnvironment } from '../support/stub-world';

const ROOT = path.join(__dirname, '..', '..');
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a log that cannot be written', () => {
  let folder: string;
  let stub: StubCloud;
  let child: ChildProcess | undefined;
  let complaints: string;
  let url: string;
  let metricsUrl: string;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'log-'));
    stub = await startStubCloud();
  });
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await stub.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Serves with this file descriptor for its stdout, which is closed here. */
  const serve = async (stdout: number) => {
    const [port, metricsPort] = [await freePort(), await freePort()];
    url = `http://127.0.0.1:${port}`;
    metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    complaints = '';
    const own = { PORT: String(port), METRICS_PORT: String(metricsPort), DRAIN_SECONDS: '0', HOME: folder };
    const program = ['-r', path.join(ROOT, 'tests/support/run-typescript.cjs'), path.join(ROOT, 'src/main.ts')];
    child = spawn(process.execPath, program, {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...stubEnvironment(stub), ...own },
      stdio: ['ignore', stdout, 'pipe'],
    });
    closeSync(stdout);
    child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString('utf8')));
    while (child.exitCode === null && (await ask('/healthcheck')) !== 200) await pause(20);
  };
  const ask = (target: string) =>
    fetch(url + target).then(
      ({ status }) => status,
      () => undefined,
    );
  const lost = async () => Number(/^registered_flavors_log_lines_lost_total (\d+)/m.exec(await scrape())?.[1]);
  const scrape = async () => (await fetch(metricsUrl)).text();
  const stop = async () => {
    const exit = once(child!, 'exit');
    child!.kill('SIGTERM');
    return (await exit)[0] as unknown;
  };

  /** A named pipe: what it holds can be read, by who has it open for that, until he closes it. */
  const makePipe = () => {
    const file = path.join(folder, 'log');
    expect(spawnSync('mkfifo', [file]).status).toBe(0);
    const openReader = () => openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const reader = openReader();
    return { reader, openReader, writer: openSync(file, constants.O_WRONLY) };
  };
  /** Reads what comes until a text is among it. */
  const readUntil = async (reader: number, text: string) => {
    const buffer = Buffer.alloc(65_536);
    for (let read = ''; ; await pause(5)) {
      try {
        read += buffer.toString('utf8', 0, readSync(reader, buffer));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
      if (read.includes(text)) return read;
    }
  };
  const lineWith = (text: string, message: string) => {
    const line = text.split('\n').find((each) => each.includes(message));
    return JSON.parse(line ?? 'null') as unknown;
  };

  it('to a full disk ends nothing, and is counted', async () => {
    await serve(openSync('/dev/full', 'w'));
    const before = await lost();
    expect([await ask('/healthcheck'), await ask('/healthcheck')]).toEqual([200, 200]);
    expect((await lost()) - before).toBeGreaterThanOrEqual(2);
    expect([await stop(), complaints]).toEqual([0, '']);
  });

  it('since its reader has left ends nothing, and is said to the next reader', async () => {
    const { reader, openReader, writer } = makePipe();
    await serve(writer);
    await readUntil(reader, 'OpenStack is there');
    closeSync(reader);
    for (let number = 0; number < 3; number += 1) expect(await ask('/healthcheck')).toBe(200);
    const lines = await lost();
    expect(lines).toBeGreaterThanOrEqual(3);
    const next = openReader();
    expect(await ask('/healthcheck')).toBe(200);
    const said = lineWith(await readUntil(next, 'were lost'), 'were lost');
    expect(said).toMatchObject({ level: 'error', message: 'lines of the log were lost', lines, reason: 'EPIPE' });
    closeSync(next);
    expect([await stop(), complaints]).toEqual([0, '']);
  });

  const manyLines = () => flood(url, { from: 0, to: 3000 }, (number) => ({ path: `/${number}-${'x'.repeat(500)}` }));

  it('because nobody reads it takes no memory, and is said when somebody does', async () => {
    const { reader, writer } = makePipe();
    await serve(writer);
    await manyLines();
    const lines = await lost();
    expect(lines).toBeGreaterThan(100);
    const said = lineWith(await readUntil(reader, 'were lost'), 'were lost');
    expect(said).toMatchObject({ lines, reason: 'nobody reads it' });
    closeSync(reader);
  });

  it('because nobody reads it does not hold up the end', async () => {
    const { reader, writer } = makePipe();
    await serve(writer);
    await manyLines();
    const { ms, result } = await timed(stop);
    expect([result, ms < 8_000]).toEqual([0, true]);
    closeSync(reader);
  });
});

describe('the output of a command', () => {
  const run = (shell: string) => {
    const program = `${process.execPath} -r ${path.join(ROOT, 'tests/support/run-typescript.cjs')} ${path.join(ROOT, 'src/main.ts')}`;
    const { stdout, stderr } = spawnSync('bash', ['-c', shell.replaceAll('RF', program)], { encoding: 'utf8' });
    return stdout + stderr;
  };

  it('may be cut off by its reader, and nobody hears of it', () => {
    expect(run('(RF doctor; echo "ended with $?" >&2) | head -n 1')).toMatch(/^OK +node .*\nended with 1\n$/);
    expect(run('(sleep 0.1; RF --help; echo "ended with $?" >&2) | true')).toBe('ended with 0\n');
  });

  it('may be read by nobody: the work is done all the same', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'output-'));
    const unread = (command: string) => `(RF ${command}; echo "ended with $?" >&2) | true`;
    try {
      const commands = [unread('migrate'), 'RF backup b.db >&- && echo done', unread('restore b.db')];
      const said = run(`cd ${folder}; export DATABASE_URL=file:r.db; sleep 0.1; ${commands.join('; ')}`);
      expect(said.split('\n').sort()).toEqual(['', 'done', 'ended with 0', 'ended with 0']);
      expect(
        readdirSync(folder)
          .map((name) => name.replace(/-[-\w]+Z$/, ''))
          .sort(),
      ).toEqual(['b.db', 'r.db', 'r.db.replaced']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that is lost otherwise makes the command fail, in words', () => {
    expect(run('RF --help > /dev/full; echo "ended with $?"')).toBe(
      'ended with 1\nregistered-flavors cannot write its output to stdout (ENOSPC).\n',
    );
    expect(run('RF nonsense 2> /dev/full; echo "ended with $?"')).toBe('ended with 2\n');
  });

  it('is as ever when nothing is wrong', async () => {
    expect(await runCommand(['--version'], {})).toMatchObject({ code: 0, stderr: '' });
  });
});
