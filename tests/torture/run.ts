// npm run torture: kills services with SIGKILL while they write, and looks at what is left.
//   -- ROUNDS         so many, instead of 500
//   -- --minutes N    kills nobody: what two services take in memory under N minutes of the same traffic
//   -- --write        writes what came of it into docs/reliability.md; after the kills it also brings the registry into
//                     other troubles, as root
import { parseArgs } from 'node:util';
import { BUILT } from '../bench/cloud';
import { endure } from './endurance';
import { registryTrouble } from './registry-trouble';
import { torture } from './torture';
import { writeEndurance, writeTorture } from './torture-page';

const LOOKS = 12;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { minutes: { type: 'string' }, write: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.minutes === undefined) await kill(Number(positionals[0] ?? 500), values.write);
  else await last(Number(values.minutes), values.write);
}

async function kill(rounds: number, isWritten: boolean): Promise<void> {
  const from = performance.now();
  const report = await torture(rounds, BUILT);
  const seconds = Math.round((performance.now() - from) / 1000);
  process.stdout.write(`${JSON.stringify({ ...report, seconds }, null, 2)}\n`);
  if (isWritten) writeTorture(report, seconds, await registryTrouble(BUILT));
}

async function last(minutes: number, isWritten: boolean): Promise<void> {
  const tell = (look: object): void => void process.stdout.write(`${JSON.stringify(look)}\n`);
  const looks = await endure({ looks: LOOKS, spanMs: (minutes * 60_000) / LOOKS }, BUILT, tell);
  if (isWritten) writeEndurance(looks, process.version);
}

void main();
