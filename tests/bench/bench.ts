// npm run bench: measures what the service promises about speed and memory. `-- --write` also writes docs/benchmarks.md;
// `-- warm` runs the subjects with that word only.
import { warm } from './warm';
import type { Bench, Figure } from './figure';

const BENCHES: readonly Bench[] = [warm];

async function main(args: readonly string[]): Promise<void> {
  const words = args.filter((arg) => !arg.startsWith('--'));
  const chosen = BENCHES.filter(({ subject }) => words.every((word) => subject.includes(word)));
  const figures: Figure[] = [];
  for (const bench of chosen) {
    process.stderr.write(`${bench.subject} ...\n`);
    figures.push(...(await bench.run()));
  }
  for (const figure of figures) {
    process.stdout.write(`${figure.isMet ? '  ' : '! '}${figure.what}: ${figure.measured} (${figure.must})\n`);
  }
  if (figures.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

void main(process.argv.slice(2));
