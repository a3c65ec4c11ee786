import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { join } from 'node:path';

const RUN_TYPESCRIPT = join(__dirname, '../support/run-typescript.cjs');
const SCRIPT = join(__dirname, 'store-process.script.ts');

/** What a process of its own can be told; each order is answered with one value. */
export type Order =
  /** Answers "opened", or the name and message of what was thrown. */
  | { do: 'open'; databaseUrl: string; migrationsFolder?: string }
  /** Registers the flavors one after another and answers how many pairs were new. */
  | { do: 'register'; serviceTypes: string[]; flavorIds: string[] }
  /** As a service does that is stopped. */
  | { do: 'close' }
  /** Takes the write lock and keeps it until told to release it. */
  | { do: 'lock'; path: string }
  | { do: 'release' }
  /** Gives up root's rights, which no file permission holds back; without them nothing changes. */
  | { do: 'become nobody' };

/** Another process with a store, so that locks are real. */
export class StoreProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;

  private constructor() {
    this.#child = spawn(process.execPath, ['--require', RUN_TYPESCRIPT, SCRIPT], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#reader = createInterface({ input: this.#child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Starts a process and waits until it listens. */
  static async start(): Promise<StoreProcess> {
    const started = new StoreProcess();
    await started.#answer();
    return started;
  }

  /** @returns what the process answered */
  async tell(order: Order): Promise<unknown> {
    this.#child.stdin!.write(`${JSON.stringify(order)}\n`);
    return this.#answer();
  }

  /** Kills the process on the spot, as a power cut would, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #answer(): Promise<unknown> {
    const line = await this.#lines.next();
    if (line.done) throw new Error('the process ended without an answer');
    return JSON.parse(line.value);
  }
}
