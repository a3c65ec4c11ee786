import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');

/** Writes a page of docs/ that a run makes, in the format that `npm run check:format` wants. */
export function writePage(name: string, text: string): void {
  const page = path.join(ROOT, 'docs', name);
  writeFileSync(page, text);
  execFileSync(path.join(ROOT, 'node_modules/.bin/prettier'), ['--log-level', 'warn', '--write', page], { cwd: ROOT });
}
