import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder for real files, and how to be rid of it. */
export function temporaryFolder(): { path: string; in(...names: string[]): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'registry-'));
  return {
    path,
    in: (...names) => join(path, ...names),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
