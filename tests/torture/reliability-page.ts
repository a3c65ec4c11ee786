import type { Report } from './ledger';
import type { TroubleRow } from './registry-trouble';

/** docs/reliability.md */
export function reliabilityPage(report: Report, seconds: number, troubles: readonly TroubleRow[]): string {
  const { rounds, kills, acknowledged, unanswered, events } = report;
  const number = (value: number) => value.toLocaleString('en');
  return `# Reliability

Written by \`npm run torture -- --write\`.

## Killed while writing

Two services share one registry file. Six writers register and deregister random pairs over HTTP, set service types with PATCH and everything with PUT, and change the size of flavors in Nova. At a random moment one of the services gets SIGKILL, in every fifth round both. Then the file is looked at, while the other service goes on writing, and what was killed is started again.

| what | count |
| --- | --- |
| rounds; services killed | ${number(rounds)}; ${number(kills)}, in ${number(seconds)} s |
| writes that were acknowledged | ${number(acknowledged)} |
| of them lost, or without their events | 0 |
| writes whose answer never came | ${number(unanswered.done + unanswered.notDone)} |
| of them done as a whole, not done at all, done by half | ${number(unanswered.done)}, ${number(unanswered.notDone)}, 0 |
| events, that add up to the registrations after each kill | ${number(events)} |
| \`integrity_check\` and \`foreign_key_check\` other than ok | 0 |

A run ends at the first of these that is not 0. A short form is part of \`npm test\`.

## A registry in trouble

The registry is on a disk of 2 MiB. In each trouble every kind of write is sent once, with 3,000 pairs where it may have so many; then the trouble ends, and another write is sent. What is registered is compared each time with what was acknowledged, and was the same.

| trouble | writes | reads of the registry | afterwards |
| --- | --- | --- | --- |
${troubles.map(({ trouble, writes, reads, afterwards }) => `| ${trouble} | ${writes} | ${reads} | ${afterwards} |\n`).join('')}
A file that was replaced cannot be told from one that is being replaced, so that the service does not go on with it by itself: it refuses to read and to write, is not ready, and says what to do.
`;
}
