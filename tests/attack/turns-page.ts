import { markdownTable, milliseconds as ms } from '../support/markdown-table';
import { figure, writeReliability } from '../support/reliability-page';
import { readShape, registrationsOf } from './shape';
import type { Turn } from './turns';

const HEAD = ['operation', 'as', 'longest', 'worst round', 'by the clock', 'took', 'status', 'must', ''];

export function turnsTable(turns: readonly Turn[]): string {
  return markdownTable(HEAD, turns.map(row));
}

export function turnsLine(turn: Turn): string {
  return `${row(turn).join(' | ')}\n`;
}

/** Writes what was found into docs/reliability.md. */
export function writeTurns(found: readonly { readonly shape: string; readonly rows: readonly Turn[] }[]): void {
  writeReliability(
    'How long one piece of work takes',
    found.reduce((text, { shape, rows }) => text + part(shape, rows), TOP),
  );
}

const TOP = `Everything that the service does by itself it does in one thread: while a piece of work is done there, nobody else is served. For each operation the longest such piece is measured in the process of the service as built, the best of three rounds: by the clock, with \`perf_hooks.monitorEventLoopDelay\`, and less the time in which the system ran other programs (\`/proc/self/task/*/schedstat\`), which counts. The start apart, no piece may take longer than 50 ms, and no transaction that changes 10,000 pairs longer than 150 ms.
`;

function part(text: string, rows: readonly Turn[]): string {
  const shape = readShape(text);
  const { types, flavorsPerType } = shape;
  const size = `${figure(types)} service types with ${figure(flavorsPerType)} flavors each, ${figure(registrationsOf(shape))} registrations`;
  return `\n### ${size}\n\n${turnsTable(rows)}`;
}

function row({ what, as, longestMs, worstMs, byTheClockMs, tookMs, mostMs, status, isMet }: Turn): string[] {
  const times = [ms(longestMs), ms(worstMs), ms(byTheClockMs), ms(tookMs)];
  return [what, as, ...times, String(status), `at most ${mostMs} ms`, isMet ? 'met' : 'MISSED'];
}
