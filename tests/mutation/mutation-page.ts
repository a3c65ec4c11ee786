import { count, findSurvivors, type Mutant, type Part, scoreOf } from './report';

/** docs/mutation.md */
export function mutationPage(parts: readonly Part[]): string {
  const all = parts.flatMap(({ mutants }) => mutants);
  const { explained } = findSurvivors(all);
  return `# Mutation testing

Written by \`npm run mutation -- --write\`.

[Stryker](https://stryker-mutator.io) changes one thing in the code at a time (a \`<\` becomes \`<=\`, a text becomes empty, a condition is always true) and runs the tests that come by. A change that no test notices says that something may break unseen. This is done where a mistake costs most, and where tests are fast enough for it; what is changed stands in [parts.json](../tests/mutation/parts.json).

| part | mutants | killed | timed out | survived | not run | score |
| --- | --- | --- | --- | --- | --- | --- |
${parts.map(({ name, mutants }) => row(name, mutants)).join('')}${row('all', all)}
Timed out: the change made a test go on for ever, which is noticed as well. A run ends with an error when a part has less than ${LEAST_SCORE} %, or when something survives that is not explained here.

## What survives, and why

| file | at | mutants | why |
| --- | --- | --- | --- |
${[...explained].map(([{ file, code, why }, mutants]) => `| ${file} | ${code.map(quoted).join(', ')} | ${mutants.length} | ${why} |\n`).join('')}`;
}

/** Every part has to have as much, and all of them together. */
export const LEAST_SCORE = 85;

/** A piece of code in a table. */
function quoted(code: string): string {
  return `\`${code.replaceAll('|', '\\|')}\``;
}

function row(name: string, mutants: readonly Mutant[]): string {
  const cells = [
    ...[count(mutants, 'Killed', 'Timeout', 'Survived', 'NoCoverage'), count(mutants, 'Killed')],
    ...[count(mutants, 'Timeout'), count(mutants, 'Survived'), count(mutants, 'NoCoverage')],
  ];
  return `| ${[name, ...cells, `${scoreOf(mutants).toFixed(1)} %`].join(' | ')} |\n`;
}
