import { execFile } from 'node:child_process';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** How a command of ours has ended, and what it has said. */
export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as an operator does, with these settings and no others. The signal stops it with SIGTERM. */
export function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd = ROOT,
  signal?: AbortSignal,
): Promise<CommandOutcome> {
  const program = ['-r', path.join(ROOT, 'tests/support/run-typescript.cjs'), path.join(ROOT, 'src/main.ts'), ...args];
  const env = { PATH: process.env['PATH'], ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, program, { cwd, env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? Number.NaN, stdout, stderr });
    });
    signal?.addEventListener('abort', () => child.kill());
  });
}
