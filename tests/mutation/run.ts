// npm run mutation: changes the code in every way that Stryker knows, and looks whether a test notices.
//   -- --read   looks at the report of the last run, instead of running
//   -- --write  also writes docs/mutation.md
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { writePage } from '../support/written-page';
import { LEAST_SCORE, mutationPage } from './mutation-page';
import { findSurvivors, readReport, scoreOf } from './report';

const ROOT = path.join(__dirname, '../..');
const REPORT = path.join(ROOT, 'reports/mutation/mutation.json');

function main(args: readonly string[]): void {
  if (!args.includes('--read')) {
    rmSync(REPORT, { force: true }); // a run that fails early leaves none
    spawnSync('stryker', ['run', 'tests/mutation/stryker.config.mjs'], { cwd: ROOT, stdio: 'inherit' });
  }
  const parts = readReport(REPORT);
  const { unexplained, needless } = findSurvivors(parts.flatMap(({ mutants }) => mutants));
  const complaints = [
    ...parts
      .filter(({ mutants }) => !(scoreOf(mutants) >= LEAST_SCORE))
      .map(({ name }) => `${name}: too little is killed`),
    ...unexplained.map(
      ({ file, line, mutatorName, code, replacement }) =>
        `not explained: ${file}:${line} ${mutatorName}\n    ${code}\n    -> ${replacement}`,
    ),
    ...needless.map(({ file, code }) => `explained, and does not survive: ${file}: ${code.join(', ')}`),
  ];
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  if (args.includes('--write')) writePage('mutation.md', mutationPage(parts));
  if (complaints.length > 0) process.exitCode = 1;
}

main(process.argv.slice(2));
