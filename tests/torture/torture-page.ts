import { figure, writeReliability } from '../support/reliability-page';
import type { Report } from './ledger';
import { type Look, MOST_MORE_IN_USE_MIB } from './endurance';
import type { TroubleRow } from './registry-trouble';

/** Writes what was found into docs/reliability.md. */
export function writeTorture(report: Report, seconds: number, troubles: readonly TroubleRow[]): void {
  writeReliability('Killed while writing', killed(report, seconds));
  writeReliability('A registry in trouble', inTrouble(troubles));
}

function killed({ rounds, kills, acknowledged, unanswered, events }: Report, seconds: number): string {
  return `Two services share one registry file. Six writers register and deregister random pairs over HTTP, set service types with PATCH and everything with PUT, and change the size of flavors in Nova. At a random moment one of the services gets SIGKILL, in every fifth round both. Then the file is looked at, while the other service goes on writing, and what was killed is started again.

| what | count |
| --- | --- |
| rounds; services killed | ${figure(rounds)}; ${figure(kills)}, in ${figure(seconds)} s |
| writes that were acknowledged | ${figure(acknowledged)} |
| of them lost, or without their events | 0 |
| writes whose answer never came | ${figure(unanswered.done + unanswered.notDone)} |
| of them done as a whole, not done at all, done by half | ${figure(unanswered.done)}, ${figure(unanswered.notDone)}, 0 |
| events, that add up to the registrations after each kill | ${figure(events)} |
| \`integrity_check\` and \`foreign_key_check\` other than ok | 0 |

A run ends at the first of these that is not 0. A short form is part of \`npm test\`.`;
}

function inTrouble(troubles: readonly TroubleRow[]): string {
  return `The registry is on a disk of 2 MiB. In each trouble every kind of write is sent once, with 3,000 pairs where it may have so many; then the trouble ends, and another write is sent. What is registered is compared each time with what was acknowledged, and was the same.

| trouble | writes | reads of the registry | afterwards |
| --- | --- | --- | --- |
${troubles.map(({ trouble, writes, reads, afterwards }) => `| ${trouble} | ${writes} | ${reads} | ${afterwards} |\n`).join('')}
A file that was replaced cannot be told from one that is being replaced, so that the service does not go on with it by itself: it refuses to read and to write, is not ready, and says what to do. After a restart, what is registered is what was in that file; the one before is kept together with its log.`;
}

/** Writes what two services took in memory into docs/reliability.md: a part for each major version of Node.js. */
export function writeEndurance(looks: readonly Look[], node: string): void {
  writeReliability(`Memory under writes, Node.js ${node.split('.')[0]!.slice(1)}`, endured(looks, node));
}

function endured(looks: readonly Look[], node: string): string {
  return `The writers of the first part, without the kills, and three readers beside them (Node.js ${node}). "In use" is what is left after a collection, of each service; a run fails when that is more than ${MOST_MORE_IN_USE_MIB} MiB more at the end than at the first look.

| minutes | writes acknowledged | reads | in use, MiB | resident, MiB |
| --- | --- | --- | --- | --- |
${looks.map(row).join('')}`;
}

function row({ minutes, acknowledged, reads, heapMiB, rssMiB }: Look): string {
  const both = (mib: readonly number[]): string => mib.map((one) => one.toFixed(0)).join(', ');
  return `| ${minutes.toFixed(0)} | ${figure(acknowledged)} | ${figure(reads)} | ${both(heapMiB)} | ${both(rssMiB)} |\n`;
}
