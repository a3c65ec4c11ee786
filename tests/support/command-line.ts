import { execFile } from 'node:child_process';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** How a command of ours has ended, and what it has said. */
export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as an operator does, with these settings and no others. */
export function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd = ROOT,
): Promise<CommandOutcome> {
  const program = ['-r', path.join(ROOT, 'tests/support/run-typescript.cjs'), path.join(ROOT, 'src/main.ts'), ...args];
  const env = { PATH: process.env['PATH'], ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, program, { cwd, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, stdout, stderr });
    });
  });
}
