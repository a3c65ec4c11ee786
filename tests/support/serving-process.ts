import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');

/** `registered-flavors serve` in a process of its own, in a folder of its own. */
export class ServingProcess {
  output = '';
  readonly exit: Promise<number | string | null>;
  private readonly child: ChildProcess;

  constructor(folder: string, environment: Record<string, string>) {
    this.child = spawn(
      process.execPath,
      ['-r', path.join(root, 'tests/support/run-typescript.cjs'), path.join(root, 'src/main.ts'), 'serve'],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: folder, PORT: '0', DRAIN_SECONDS: '0', ...environment },
      },
    );
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
    }
    this.exit = new Promise((resolve) => this.child.once('close', (code, signal) => resolve(code ?? signal)));
  }

  /** Waits until a text has been printed. */
  async prints(text: string | RegExp): Promise<string> {
    for (;;) {
      const found = typeof text === 'string' ? this.output.includes(text) : text.test(this.output);
      if (found) return this.output;
      const ended = await Promise.race([
        this.exit,
        new Promise<'running'>((resolve) => setTimeout(resolve, 20, 'running')),
      ]);
      if (ended !== 'running') throw new Error(`ended with ${ended} before it printed ${text}:\n${this.output}`);
    }
  }

  async url(): Promise<string> {
    const [, url = ''] = /"url":"(http[^"]+)"/.exec(await this.prints(/"url":"http[^"]+"/)) ?? [];
    return url;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
