// npm run fuzz: sends requests that are made from the contract, valid and hostile, and looks at each answer.
//   -- REQUESTS   at least so many, instead of 100,000
//   --seed N      the same requests again as in the run that named this seed
//   --write       also writes what came of it into docs/reliability.md
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { BUILT } from '../bench/cloud';
import { fuzz } from './fuzz';
import { writeFuzz } from './fuzz-page';

async function main(): Promise<void> {
  const options = { seed: { type: 'string' }, write: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const seed = Number(values.seed ?? randomInt(2 ** 31));
  const from = performance.now();
  process.stdout.write(`seed ${seed}\n`);
  const report = await fuzz(Number(positionals[0] ?? 100_000), seed, BUILT);
  const seconds = Math.round((performance.now() - from) / 1000);
  process.stdout.write(`${JSON.stringify({ ...report, seconds }, null, 2)}\n`);
  if (values.write === true) writeFuzz(report, seconds);
}

void main();
