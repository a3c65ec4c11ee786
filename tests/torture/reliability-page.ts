import type { Report } from './ledger';

/** docs/reliability.md */
export function reliabilityPage(report: Report, seconds: number): string {
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
`;
}
