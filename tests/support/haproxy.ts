import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';

const CONFIG = path.join(__dirname, '..', '..', 'deploy', 'haproxy.cfg');
const POLL_MS = 20;

/** One of the two servers of deploy/haproxy.cfg. */
export type ServerName = 'first' | 'second';

/** HAProxy with deploy/haproxy.cfg, as operators are told to run it, on ports of its own. */
export class HAProxy {
  private output = '';
  private readonly child: ChildProcess;

  private constructor(
    readonly url: string,
    private readonly statusUrl: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.child = spawn('haproxy', ['-db', '-f', CONFIG], {
      env: { PATH: `${process.env['PATH']}:/usr/sbin`, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.once('error', (error) => (this.output += `${error.message}: tests/cloud/up.sh installs haproxy\n`));
    process.once('exit', () => this.child.kill()); // it does not notice by itself that nobody is there any more
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
    }
  }

  /** Starts it before two services, which may come later, and waits until it can be asked. */
  static async start(ports: Readonly<Record<ServerName, number>>): Promise<HAProxy> {
    const [listen, status] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const haproxy = new HAProxy(`http://${listen}`, `http://${status}`, {
      RF_LISTEN: listen,
      RF_STATUS: status,
      RF_FIRST: `127.0.0.1:${ports.first}`,
      RF_SECOND: `127.0.0.1:${ports.second}`,
    });
    while ((await haproxy.servers().catch(() => undefined)) === undefined) {
      if (haproxy.child.pid === undefined || haproxy.child.exitCode !== null) throw new Error(haproxy.output);
      await pause();
    }
    return haproxy;
  }

  /** Waits until it takes a server for up, or for down, because it has asked it. */
  async sees(name: ServerName, state: 'UP' | 'DOWN'): Promise<void> {
    for (;;) {
      const server = (await this.servers()).get(name);
      // L7OK, L7STS ...: before its first check HAProxy takes every server for up.
      if (server?.['status'] === state && /^L\d/.test(server['check_status'] ?? '')) return;
      await pause();
    }
  }

  /** How many requests it has sent to a server so far. */
  async requestsTo(name: ServerName): Promise<number> {
    return Number((await this.servers()).get(name)?.['stot']);
  }

  /** How often it has taken a server out. */
  async timesTakenOut(name: ServerName): Promise<number> {
    return Number((await this.servers()).get(name)?.['chkdown']);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  private async servers(): Promise<Map<string, Record<string, string>>> {
    const answer = await fetch(`${this.statusUrl}/;csv`, { signal: AbortSignal.timeout(2_000) });
    const [head = '', ...lines] = (await answer.text()).replace(/^# /, '').trim().split('\n');
    const names = head.split(',');
    const rows = lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at], value])));
    return new Map(rows.map((row) => [row['svname'] ?? '', row]));
  }
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
