import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { temporaryFolder } from '../store/temporary-folder';
import { freePort } from '../support/haproxy';
import { ServingProcess } from '../support/serving-process';
import { stubEnvironment } from '../support/stub-world';

const ROOT = path.join(__dirname, '../..');

/** The program that deploy/Containerfile names as HEALTHCHECK, with the settings of the service. */
describe('the health check of a container', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let stub: StubCloud;
  let serving: ServingProcess | undefined;
  beforeEach(async () => {
    folder = temporaryFolder();
    stub = await startStubCloud();
  });
  afterEach(async () => {
    serving?.kill('SIGKILL');
    await serving?.exit;
    serving = undefined;
    await stub.close();
    folder.remove();
  });

  const check = (settings: Record<string, string>) =>
    new Promise<{ code: number | null; said: string }>((resolve) => {
      const program = [
        '-r',
        path.join(ROOT, 'tests/support/run-typescript.cjs'),
        path.join(ROOT, 'src/healthcheck.ts'),
      ];
      const env = { PATH: process.env['PATH'], ...settings };
      const child = execFile(process.execPath, program, { cwd: folder.path, env }, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode, said: stdout + stderr }),
      );
    });

  it.each([
    ['127.0.0.2', '127.0.0.2'],
    ['localhost', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '127.0.0.1'],
    ['[::1]', '[::1]'],
  ])('asks where the service listens, with HOST=%s and PORT in .env', async (host, asked) => {
    const port = await freePort();
    writeFileSync(folder.in('.env'), `PORT=${port}\n`);
    const settings = { HOST: host };
    expect((await check(settings)).code).toBe(1); // nobody is there yet
    serving = new ServingProcess(folder.path, { ...stubEnvironment(stub), ...settings, PORT: String(port) });
    await serving.url();
    expect(await check(settings)).toEqual({ code: 0, said: `http://${asked}:${port}/healthcheck: 200\n` });
  });

  it('says no where the service does', async () => {
    const settings = { PORT: String(await freePort()), HEALTHCHECK_DISABLE_BY_FILE_PATH: folder.in('disabled') };
    serving = new ServingProcess(folder.path, { ...stubEnvironment(stub), ...settings });
    await serving.url();
    writeFileSync(folder.in('disabled'), '');
    expect(await check(settings)).toMatchObject({ code: 1, said: expect.stringMatching(/: 503\n$/) });
  });

  it('says which setting is wrong, in one sentence', async () => {
    const wrong = await check({ HOST: 'a-name', PORT: 'x' });
    expect([wrong.code, wrong.said]).toEqual([78, expect.stringMatching(/^HOST must be an IP .*\nPORT must be .*\n$/)]);
    expect(await check({ PORT: '0' })).toMatchObject({ code: 78, said: expect.stringMatching(/^PORT is 0, .*\n$/) });
  });
});
