// npm run bench: measures what the service promises about speed and memory, and prints a table.
//   -- WORD     only the subjects with that word
//   -- --write  also writes the column of this Node.js in docs/benchmarks.md
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ServiceProcess } from '../support/service-process';
import { writePage } from '../support/written-page';
import { benchPage, benchTable } from './bench-page';
import { burst } from './burst';
import { startBenchCloud } from './cloud';
import { cold } from './cold';
import type { Bench, Figure } from './figure';
import { memory } from './memory';
import { peers } from './peers';
import { narrow, wide } from './reads';
import { start } from './start';
import { store } from './store';
import { warm } from './warm';

const PAGE = path.join(__dirname, '../../docs/benchmarks.md');
const BENCHES: readonly Bench[] = [warm, narrow, wide, cold, burst, store, start, memory, peers];

async function main(args: readonly string[]): Promise<void> {
  const words = args.filter((arg) => !arg.startsWith('--'));
  const figures: Figure[] = [];
  for (const bench of BENCHES.filter(({ subject }) => words.every((word) => subject.includes(word)))) {
    process.stderr.write(`${bench.subject} ...\n`);
    figures.push(...(await runAlone(bench)));
  }
  process.stdout.write(benchTable(figures));
  if (args.includes('--write')) writePage('benchmarks.md', benchPage(figures, readFileSync(PAGE, 'utf8')));
  if (figures.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

async function runAlone(bench: Bench): Promise<Figure[]> {
  const cloud = await startBenchCloud();
  const started: ServiceProcess[] = [];
  try {
    return await bench.run(cloud, (server) => {
      started.push(server);
      return server;
    });
  } finally {
    for (const server of started) await server.stop();
    await cloud.close();
  }
}

void main(process.argv.slice(2));
