import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../store/temporary-folder';
import { freePort } from './haproxy';

const CONFIGURATION = path.join(__dirname, '../../deploy/nginx.conf');
/** How many requests one address may have at once here, so that a test reaches it. */
export const AT_ONCE = 8;

/** nginx as deploy/nginx.conf sets it up, with other addresses and paths. */
export class Nginx {
  /** What it has complained of. */
  said = '';
  private readonly folder = temporaryFolder();
  private readonly child: ChildProcess;

  private constructor(
    readonly url: string,
    [first, second]: readonly [string, string],
  ) {
    const replaced: [string, string][] = [
      ['127.0.0.1:8780;', `${new URL(url).host};`],
      ['server 127.0.0.1:8788', `server ${first}`],
      ['server 127.0.0.1:8789', `server ${second}`],
      ['pid /run/nginx.pid', `pid ${this.folder.in('pid')}`],
      ['/var/log/nginx/access.log', this.folder.in('access.log')],
      ['limit_conn addresses 200', `limit_conn addresses ${AT_ONCE}`],
    ];
    const configuration = replaced.reduce(
      (text, [from, to]) => {
        if (!text.includes(from)) throw new Error(`deploy/nginx.conf has no "${from}"`);
        return text.replace(from, to);
      },
      readFileSync(CONFIGURATION, 'utf8'),
    );
    writeFileSync(this.folder.in('nginx.conf'), configuration);
    const args = ['-c', this.folder.in('nginx.conf'), '-p', this.folder.path, '-e', 'stderr', '-g', 'daemon off;'];
    this.child = spawn('nginx', args, {
      env: { PATH: `${process.env['PATH']}:/usr/sbin` },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.once('error', (error) => (this.said += `${error.message}: tests/cloud/up.sh installs nginx\n`));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.said += chunk.toString('utf8')));
  }

  /** Starts it in front of two services, and waits until it answers. */
  static async start(services: readonly [{ readonly url: string }, { readonly url: string }]): Promise<Nginx> {
    const [first, second] = services.map(({ url }) => new URL(url).host);
    const nginx = new Nginx(`http://127.0.0.1:${await freePort()}`, [first!, second!]);
    while ((await fetch(`${nginx.url}/healthcheck`).catch(() => undefined)) === undefined) {
      if (nginx.child.pid === undefined || nginx.child.exitCode !== null) throw new Error(nginx.said);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return nginx;
  }

  /** The lines of its access log. */
  log(): string[] {
    return readFileSync(this.folder.in('access.log'), 'utf8').split('\n');
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    this.folder.remove();
  }
}
