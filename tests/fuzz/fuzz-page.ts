import { ERROR_TITLES } from '../../src/errors';
import { figure, writeReliability } from '../support/reliability-page';
import type { FuzzReport } from './fuzz';

/** Writes what was found into docs/reliability.md. */
export function writeFuzz(report: FuzzReport, seconds: number): void {
  writeReliability('Any request', page(report, seconds));
}

function page({ requests, troubles, answers, codes, memory, seed }: FuzzReport, seconds: number): string {
  const sum = (kind: string) => Object.values(answers).reduce((total, each) => total + (each[kind] ?? 0), 0);
  return `
Requests are made from the contract: two in five as it says, the others with something in them that it does not allow, or that programs have broken at before. They go to all ${Object.keys(answers).length - 1} operations, six at a time, with all kinds of tokens and with none. In every other round of 180 something is wrong: Nova or Keystone is stopped, hangs, is slow, answers errors, nonsense or half of it, or the registry's file is away.

Each answer has to be one that the contract has for that operation, with its headers and its body. An error of the service's own kind (5xx) has to be about what is wrong just then, a request that is as the contract says is never called malformed, and no answer shows a token, a password or a place in the code. Afterwards the same goes for the log, and the events have to add up to the registrations.

| what | count |
| --- | --- |
| requests (seed ${seed}) | ${figure(requests)}, in ${figure(seconds)} s |
| answers 2xx, 304, 4xx, 5xx | ${['2xx', '3xx', '4xx', '5xx'].map((kind) => figure(sum(kind))).join(', ')} |
| clients that went away before the answer | ${figure(sum('left'))} |
| error codes that came, of ${figure(Object.keys(ERROR_TITLES).length)} | ${figure(codes.length)} |
| kinds of trouble | ${figure(troubles)} |
| answers that were not right; ends of the process | 0; 0 |
| memory in use after a fifth of it, and at the end | ${figure(memory.early)} MiB, ${figure(memory.late)} MiB |

A run ends at the first answer that is not right, with the smallest request that brings it about. Requests that once found something are kept and sent first. A short form is part of \`npm test\`.
`;
}
