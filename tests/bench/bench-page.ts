import { readFileSync } from 'node:fs';
import os from 'node:os';
import { markdownTable } from '../support/markdown-table';
import type { Figure } from './figure';

/** The figures as a table, for a terminal as for a page. */
export function benchTable(figures: readonly Figure[]): string {
  const judgement = ({ must, isMet }: Figure): string => (must === '' ? '' : isMet ? 'met' : 'MISSED');
  return markdownTable(
    ['what', 'measured', 'must', ''],
    figures.map((figure) => [figure.what, figure.measured, figure.must, judgement(figure)]),
  );
}

/**
 * docs/benchmarks.md, with a column for each major version of Node.js that it has been written with.
 * @param before the page as it is: columns of other versions stay, and rows that were not measured this time
 */
export function benchPage(figures: readonly Figure[], before: string): string {
  return `# Benchmarks

Written by \`npm run bench -- --write\`; each column is from one run. What counts are the ratios: everything in one column was measured in turns on the same machine, with other work going on beside it.

${describeMachine()}

${withOtherVersions(figures, before)}
How it is measured:

- The service runs as built, in a process of its own, with authentication, the contract's validator, the access log and everything else that production has. Keystone and Nova are the stub, over HTTP, in the process that also sends the load.
- **Warm reads** are compared by the processor time that the server uses for one request (\`process.cpuUsage\` around some thousand requests over 16 connections), the median of 21 rounds, the servers in turn. All run with the young generation of \`deploy/\` (\`--max-semi-space-size=16\`). Requests per second would measure the load generator. Bare Express has its default settings and sends the same bytes as a string with \`res.type('json').send\`.
- **Cold reads** are compared by time, in turns with a script, the median of 40 pairs. The script sends the same requests to Nova with axios, eight at a time, and hands on what comes. Nothing is remembered (\`FLAVOR_TTL_SECONDS=0\` and so on), the caller's token is. The stub takes as long as a real Nova does: 4 ms for a flavor, 110 ms for a page of 1,000.
- **Peers** are asked over HTTP by so many callers, each of whom asks again as soon as it is answered, for 5 seconds, in turns: Nova and Trove of Debian 12 as \`tests/cloud/up.sh\` starts them with \`WITH_TROVE=1\`, and the service beside them with the same 50 flavors registered, on the same machine. Only when that cloud is up.
- Bare Express gives each request another prototype when it arrives, which takes V8's caches away from whatever touches it. The service's requests are made with that prototype ([express-messages.ts](../src/http/express-messages.ts)): that is why it comes so near to a handler that does nothing.
`;
}

/** One table of all versions: what is measured, what it must be, and a column for each. Rows of no new figure stay. */
function withOtherVersions(figures: readonly Figure[], before: string): string {
  const [head = [], ...rows] = before
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-| ]+$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [major] = process.versions.node.split('.');
  const isOwn = (title: string): boolean => title.startsWith(`${NODE}${major}.`);
  const others = head.filter((title) => title.startsWith(NODE) && !isOwn(title));
  const own = `${NODE}${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`;
  const titles = [...others, own].sort();
  const known = new Map(
    rows.map(([what = '', ...cells]) => [what, new Map(cells.map((cell, at) => [head[at + 1], cell]))]),
  );
  const row = (what: string, figure: Figure | undefined): string[] => {
    const cell = (title: string): string => {
      if (title !== own) return known.get(what)?.get(title) ?? '';
      if (figure === undefined) return known.get(what)?.get(head.find(isOwn)) ?? '';
      return figure.isMet ? figure.measured : `${figure.measured}, MISSED`;
    };
    return [what, figure?.must ?? known.get(what)?.get('must') ?? '', ...titles.map(cell)];
  };
  const measured = new Map(figures.map((figure) => [figure.what, figure]));
  const all = new Set([...known.keys(), ...measured.keys()]);
  return markdownTable(
    ['what', 'must', ...titles],
    [...all].map((what) => row(what, measured.get(what))),
  );
}

const NODE = 'Node.js ';

function describeMachine(): string {
  const [cpu] = os.cpus();
  const system = /PRETTY_NAME="(.*)"/.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? os.type();
  const gib = Math.round(os.totalmem() / 1024 ** 3);
  return `Machine: ${os.cpus().length} shared cores (${cpu?.model ?? 'unknown'}), ${gib} GiB, ${system}.`;
}
