// npm run torture: kills services with SIGKILL while they write, and looks at what is left.
//   -- ROUNDS   so many, instead of 500
//   -- --write  also brings the registry into other troubles, as root, and writes what came of it into docs/reliability.md
import { BUILT } from '../bench/cloud';
import { registryTrouble } from './registry-trouble';
import { torture } from './torture';
import { writeTorture } from './torture-page';

async function main(args: readonly string[]): Promise<void> {
  const rounds = Number(args.find((arg) => /^\d+$/.test(arg)) ?? 500);
  const from = performance.now();
  const report = await torture(rounds, BUILT);
  const seconds = Math.round((performance.now() - from) / 1000);
  process.stdout.write(`${JSON.stringify({ ...report, seconds }, null, 2)}\n`);
  if (args.includes('--write')) writeTorture(report, seconds, await registryTrouble(BUILT));
}

void main(process.argv.slice(2));
