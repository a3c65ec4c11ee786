import { markdownTable, milliseconds as ms } from '../support/markdown-table';
import { figure, writeReliability } from '../support/reliability-page';
import type { Durations } from './campaign';
import type { Judged } from './outcome';
import { BOUNDS } from './verdict';

const HEAD = [
  ...['attacker', 'setup', 'registrations', 'reader p99 quiet', 'attacked', 'after', 'health', 'readiness'],
  ...['memory', 'kept', 'out', 'newcomers', 'waited', ''],
];

/** One row for each attack. */
export function attackTable(outcomes: readonly Judged[]): string {
  return markdownTable(HEAD, outcomes.map(row));
}

/** One line of the table, and what the attacker met with: for who waits for the rest. */
export function attackLine(outcome: Judged): string {
  return `${row(outcome).join(' | ')}\n    ${JSON.stringify(outcome.tally)} ${JSON.stringify(outcome.during.reader.wrong)}\n`;
}

/** Writes what was found into docs/reliability.md. */
export function writeAttack(outcomes: readonly Judged[], durations: Durations, seed: number): void {
  writeReliability('Under attack', page(outcomes, durations, seed));
  // In sections of their own: all of it together takes hours, and a run may be of one size only.
  for (const registrations of new Set(outcomes.map((each) => each.registrations))) {
    const some = outcomes.filter((each) => each.registrations === registrations);
    writeReliability(`Under attack, with ${figure(registrations)} registrations`, attackTable(some));
  }
}

function row(outcome: Judged): string[] {
  const { attacker, setup, registrations, quiet, during, after, misses } = outcome;
  return [
    ...[attacker.name, setup, figure(registrations)],
    ...[ms(quiet.reader.p99), ms(during.reader.p99), ms(after.reader.p99), ms(during.healthMs), ms(during.readinessMs)],
    ...[`+${Math.round(outcome.grownMib)} MiB`, `+${Math.round(outcome.keptMib)} MiB`, String(outcome.timesTakenOut)],
    ...[percent(during.newcomers), percent(outcome.waited)],
    misses.length === 0 ? 'met' : `MISSED: ${misses.join('; ').replaceAll(/[\n|]/g, ' ')}`,
  ];
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

function page(outcomes: readonly Judged[], { quietSeconds, attackSeconds, recoverySeconds }: Durations, seed: number) {
  const attackers = [...new Map(outcomes.map(({ attacker }) => [attacker.name, attacker])).values()];
  const who = attackers.map(({ name, who, does }) => [name, who, does]);
  return `
Each attacker is nobody, who has no valid token, or one ordinary reader with as many tokens as he likes. He does his worst for ${attackSeconds} s, from a process of his own, over at most 1,000 connections. The service runs as built, with the settings of production, once alone and once as two processes behind \`deploy/haproxy.cfg\`; Keystone and Nova are the stub.

Meanwhile another reader asks for the 50 flavors of a type 20 times a second, whatever became of the requests before, after ${quietSeconds} s of quiet; /healthcheck and /readiness of each process are asked 5 times a second. A wait counts from the moment at which a request was due, and no right answer is a wait of 10 s.

It must be: the other reader's p99 at most ${BOUNDS.timesQuiet} times the quiet one and at most ${BOUNDS.readerMs} ms; health and readiness at most ${BOUNDS.healthMs} ms, each time; memory at most ${BOUNDS.grownMib} MiB more; no process ended or taken out by HAProxy; and all as before ${recoverySeconds} s later. "Kept" is what is more in use afterwards, "out" how often HAProxy took a process out, "newcomers" the part of readers with a new, valid token that was served. For these nothing is demanded: see [SECURITY.md](../SECURITY.md). "Waited" is the part of the time in which a process of the service was ready to run and the machine ran something else: the more of it, the less the other figures say.

What they do (seed ${seed}):

${markdownTable(['attacker', 'who', 'does'], who)}
A run ends with 1 when anything is missed. A short form is part of \`npm test\`.`;
}
