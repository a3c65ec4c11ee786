import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const TAKE_OVER = path.join(__dirname, '../../deploy/take-over-from-trove.sh');

/** How the script ended, and what it printed. */
export interface TakenOver {
  readonly code: number;
  readonly lines: readonly string[];
  readonly complaints: string;
}

/** Runs deploy/take-over-from-trove.sh with these arguments. */
export function takeOver(args: readonly string[], env: NodeJS.ProcessEnv): Promise<TakenOver> {
  return new Promise((resolve, reject) => {
    const child = execFile(TAKE_OVER, args, { env, timeout: 240_000 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number')
        reject(new Error(`it was ended after:\n${stdout}${stderr}`, { cause: error }));
      else resolve({ code: child.exitCode ?? -1, lines: stdout.trimEnd().split('\n'), complaints: stderr });
    });
  });
}

/** Puts a program `openstack` into a folder that knows this catalog of public endpoints, and this token. */
export function writeOpenstackProgram(folder: string, catalog: Readonly<Record<string, string>>, token: string): void {
  const cases = Object.entries(catalog).map(([type, url]) => {
    const endpoints = [
      { interface: 'internal', region: 'RegionOne', url: 'http://127.0.0.1:9/internal' },
      { interface: 'public', region: 'RegionOne', url },
    ];
    return `"catalog show ${type} -f json") echo '${JSON.stringify({ endpoints })}' ;;`;
  });
  const script = `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\n"token issue -f value -c id") echo '${token}' ;;\n*) exit 1 ;;\nesac\n`;
  writeFileSync(path.join(folder, 'openstack'), script);
  chmodSync(path.join(folder, 'openstack'), 0o755);
}
