import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LongestTurn } from './longest-turn';

const root = path.join(__dirname, '..', '..');
const POLL_MS = 10;
const MEMORY_LOOKS = 100;
const MEMORY_LOOK_MS = 50;

/** What else than the service from its source may be run. */
export interface Program {
  /** Path below the top folder. */
  readonly script: string;
  readonly args: readonly string[];
  /** Printed once it can be used. */
  readonly ready: RegExp;
}

export const SERVICE: Program = { script: 'src/main.ts', args: ['serve'], ready: /OpenStack is/ };

/**
 * The service as `npm start` runs it, in a process of its own: what would end it, or what it cannot give back to the
 * system, shows here and nowhere else. Other servers to compare it with can be run in the same way.
 */
export class ServiceProcess {
  /** All that it printed: log lines, and whatever else would come. */
  output = '';
  /** What came on stderr: nothing, as long as all is well. */
  complaints = '';
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'hostile-'));
  private readonly child: ChildProcess;
  private address = '';

  private constructor(environment: Readonly<Record<string, string>>, program: Program) {
    const preloads = ['tests/support/run-typescript.cjs', 'tests/support/report-usage.ts'];
    this.child = spawn(
      process.execPath,
      [
        '--expose-gc',
        ...preloads.flatMap((file) => ['-r', path.join(root, file)]),
        path.join(root, program.script),
        ...program.args,
      ],
      {
        cwd: this.folder,
        env: { PATH: process.env['PATH'], HOME: this.folder, PORT: '0', DRAIN_SECONDS: '0', ...environment },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.complaints += chunk.toString('utf8')));
  }

  /** Starts it and waits until it listens and has had its first look at OpenStack. */
  static async start(environment: Readonly<Record<string, string>>, program = SERVICE): Promise<ServiceProcess> {
    const started = new ServiceProcess(environment, program);
    await started.prints(program.ready);
    // The last one: a service with metrics says first where those are.
    started.address = [...started.output.matchAll(/"url":"(http[^"]+)"/g)].at(-1)?.[1] ?? '';
    return started;
  }

  get url(): string {
    return this.address;
  }

  /** Whether it is still the same process, and has nothing to complain of. */
  get health(): { ended: number | string | null; complaints: string } {
    return { ended: this.child.exitCode ?? this.child.signalCode, complaints: this.complaints };
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Drops what it has printed so far: a line for each of a million requests is more than a string can hold. */
  forgetOutput(): void {
    this.output = '';
  }

  /** Waits until something has been printed. */
  async prints(text: RegExp): Promise<void> {
    while (!text.test(this.output)) {
      if (this.health.ended !== null)
        throw new Error(`ended before it printed ${text}: ${this.output}${this.complaints}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** How many bytes are in use once everything that can go has gone. */
  async memoryBytes(): Promise<number> {
    return this.asked('memory');
  }

  /**
   * As above, after what has just ended: a stream that was closed a moment ago may hold its buffers for some more turns
   * of the loop, the longer the busier the machine is. Looks until no more than `expected` bytes are in use, or for
   * 5 s: what is kept for good shows in the number.
   */
  async memoryBytesAfter(expected: number): Promise<number> {
    let bytes = await this.memoryBytes();
    for (let look = 0; bytes > expected && look < MEMORY_LOOKS; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, MEMORY_LOOK_MS));
      bytes = await this.memoryBytes();
    }
    return bytes;
  }

  /** How many microseconds of processor time it has used so far. */
  async cpuMicroseconds(): Promise<number> {
    return this.asked('cpu');
  }

  /** For how long its event loop was held up at the most since this was asked last. */
  async longestTurn(): Promise<LongestTurn> {
    return this.asked('turns');
  }

  private async asked<Told = number>(order: 'memory' | 'cpu' | 'turns'): Promise<Told> {
    const given = new AbortController();
    const answer = once(this.child, 'message', given);
    const noAnswer = once(this.child, 'exit', given).then(() =>
      Promise.reject(new Error('it ended while it was asked')),
    );
    this.child.send(order);
    try {
      const [value] = (await Promise.race([answer, noAnswer])) as [Told];
      return value;
    } finally {
      given.abort();
      await Promise.allSettled([answer, noAnswer]);
    }
  }

  /** Ends it as a process manager would, or in another way, and answers with its exit code or the signal. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
    if (this.health.ended === null) {
      const ended = once(this.child, 'exit');
      this.child.kill(signal);
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
    return this.health.ended;
  }
}
