import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { startStubCloud } from '../../src/stub/stub-cloud';
import { temporaryFolder } from '../store/temporary-folder';
import { runCommand } from '../support/command-line';
import { freePort } from '../support/haproxy';
import { stubEnvironment } from '../support/stub-world';

const ROOT = path.join(__dirname, '../..');
const GUIDE = readFileSync(path.join(ROOT, 'docs/operators-guide.md'), 'utf8');

/** What the operator's guide has for a host of its own, where the guide's own test does not go. */
describe("the operator's guide", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
    for (const name of ['bin', 'lib', 'backups']) mkdirSync(folder.in(name));
    const program = `-r ${ROOT}/tests/support/run-typescript.cjs ${ROOT}/src/main.ts`;
    writeFileSync(folder.in('bin/registered-flavors'), `#!/bin/sh\nexec node ${program} "$@"\n`);
    chmodSync(folder.in('bin/registered-flavors'), 0o755);
    symlinkSync(process.execPath, folder.in('bin/node'));
  });
  afterEach(() => folder.remove());

  it('has lines for cron that work as cron runs them: in another folder, with a PATH of their own', async () => {
    await runCommand(['migrate'], {}, folder.in('lib'));
    writeFileSync(folder.in('backups/old.db'), '');
    const longAgo = Date.now() / 1000 - 31 * 24 * 3600;
    utimesSync(folder.in('backups/old.db'), longAgo, longAgo);
    const crontab = /^```crontab\n([^]*?)^```$/m
      .exec(GUIDE)![1]!
      .replaceAll('/var/lib/registered-flavors', folder.in('lib'))
      .replaceAll('/var/backups/registered-flavors', folder.in('backups'))
      .replaceAll('/usr/local/bin', folder.in('bin'));
    const [assignment, ...lines] = crontab.trim().split('\n');
    const env = { HOME: '/', SHELL: '/bin/sh', PATH: /^PATH=(.*)$/.exec(assignment!)![1] };
    const said = lines.map((line) => {
      const [, user, text] = /^(?:\S+ ){5}(\S+) (.*)$/.exec(line)!;
      // cron(8): what stands behind a % without a backslash is no part of the command
      const command = text!.split(/(?<!\\)%/)[0]!.replaceAll('\\%', '%');
      const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd: '/', env, encoding: 'utf8' });
      return [user, status, stdout + stderr];
    });
    expect(said).toEqual([
      ['registered-flavors', 0, expect.stringMatching(/^0 registrations .* are in ".*backups\/[\d-]{10}\.db"/)],
      ['registered-flavors', 0, expect.stringMatching(/^0 events from before .* are forgotten\.\n$/)],
    ]);
    expect(readdirSync(folder.in('backups'))).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d\.db$/)]);
  });

  it('writes a log that logrotate may truncate', async () => {
    const [line] = /^registered-flavors serve .*$/m.exec(GUIDE)!;
    const stub = await startStubCloud();
    const port = await freePort();
    const settings = { ...stubEnvironment(stub), PORT: String(port), DRAIN_SECONDS: '0' };
    const env = { ...settings, HOME: folder.path, PATH: `${folder.in('bin')}:/usr/bin:/bin` };
    const shell = spawn('/bin/sh', ['-c', `${line} wait`], { cwd: folder.in('lib'), env, detached: true });
    const ended = once(shell, 'exit');
    const log = () => readFileSync(folder.in('lib/service.log'), 'utf8');
    const until = async (isSo: () => boolean | Promise<boolean>) => {
      while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    try {
      const ask = () =>
        fetch(`http://127.0.0.1:${port}/healthcheck`).then(
          ({ ok }) => ok,
          () => false,
        );
      await until(ask);
      await until(() => log().includes('"message":"request"'));
      truncateSync(folder.in('lib/service.log')); // as copytruncate does
      await ask();
      await until(() => log().includes('/healthcheck'));
      expect(log()).toMatch(/^\{/); // and no NULs up to where it was before
    } finally {
      process.kill(-shell.pid!, 'SIGKILL');
      await ended;
      await stub.close();
    }
  });
});
