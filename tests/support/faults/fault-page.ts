import type { Ask, Told } from './fault';
import { LIMITS, SHORT_LIMITS } from './fault-setting';

/** What one row of a table brought. */
export interface SeenRow {
  readonly fault: string;
  readonly answers: Partial<Record<Ask, { readonly told: Told; readonly ms: number }>>;
}

/** One table of the page. */
export interface SeenTable {
  /** Who failed. */
  readonly service: string;
  /** What its failures mean to our callers, in a sentence or two. */
  readonly introduction: string;
  readonly rows: readonly SeenRow[];
}

const INTRODUCTION = `# Faults

What callers get while Nova or Keystone fails. The service runs on a Keystone and a Nova that can be told to fail. Each row is a fault: it begins, a request comes, the fault ends; then the same for the next request. All faults of a table meet the same running service one after the other.

An answer stands here as its status, its code without \`registered-flavors.\` ([errors.md](errors.md) explains each), \`Retry-After\` in seconds, and how long it took. Beside every answer the test asserts:

- It came within the deadline, and \`GET /healthcheck\` answered 200 meanwhile and afterwards.
- A registration that failed wrote nothing, one that succeeded wrote everything; likewise for deregistrations.
- When the fault has ended, a GET with a token never seen before answers in full as soon as \`GET /readiness\` no longer names the service that failed, which is found out by probes. After a refused login it does so after 5 s: for that long no other login is tried. After Nova has taken us for an ordinary user it does so after 10 s: only then a new token is tried.
- No token and no password is in any answer, header or line of the log. No redirect was followed. Nothing but GET went to Nova.
- Where the fault is about size, memory grew by less than 100 MiB.

\`200, stale\` is an answer whose \`Cache-Status\` says that its details are older than they should be.

The limits are shorter than the defaults, so that the run does not take minutes; the shorter ones are those of the rows that wait for a limit.
`;

const HOW_TO = `
\`npm run docs:faults\` runs the tests and writes this page. Every run of the tests compares its rows and answers with what it has just seen; times are left out of that.
`;

/** The whole page, as prettier would format it. */
export function renderFaultPage(tables: readonly SeenTable[]): string {
  const short: Partial<Record<string, string>> = SHORT_LIMITS;
  const rows = Object.entries(LIMITS).map(([name, value]) => [name, value, short[name] ?? value]);
  const limits = renderTable(['setting', 'here', 'where one is waited for'], rows);
  return INTRODUCTION + '\n' + limits + HOW_TO + tables.map(renderSeen).join('');
}

/** What of a page stays the same from run to run: all but the times, and the widths that follow from them. */
export function withoutTimes(page: string): string[] {
  return page.split('\n').map((line) =>
    line
      .replaceAll(/ \(\d+ ms\)/g, '')
      .replaceAll(/ +/g, ' ')
      .replaceAll(/-{3,}/g, '---'),
  );
}

function renderSeen({ service, introduction, rows }: SeenTable): string {
  const asks = Object.keys(rows[0]?.answers ?? {}) as Ask[];
  const cells = rows.map(({ fault, answers }) => [fault, ...asks.map((ask) => renderAnswer(answers[ask]))]);
  return `\n## ${service}\n\n${introduction}\n\n${renderTable([service, ...asks], cells)}`;
}

function renderAnswer(answer: SeenRow['answers'][Ask]): string {
  return answer === undefined ? '' : `${answer.told} (${answer.ms} ms)`;
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |\n`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |\n`;
  return line(head) + rule + rows.map(line).join('');
}
