// Loaded ahead of a program, in a process of its own: says on request how much processor time it has used, how long its
// event loop was held up and, when it is run with --expose-gc, how many bytes are really in use.
import { setImmediate as turn } from 'node:timers/promises';
import { TurnWatch } from './longest-turn';

/** Only in a program that is asked: it wakes each millisecond. */
let turns: TurnWatch | undefined;

process.on('message', (order) => {
  if (order === 'memory') void reportMemory();
  if (order === 'cpu') reportCpu();
  if (order === 'turns') process.send?.((turns ??= new TurnWatch()).take());
});
process.once('disconnect', () => process.exit(1)); // nobody is there any more who would end it
process.channel?.unref(); // the program alone decides how long the process lives

async function reportMemory(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await turn(); // what is freed by callbacks of the collector goes in the next round
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send?.(heapUsed + external);
}

function reportCpu(): void {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
}
