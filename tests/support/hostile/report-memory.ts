// Loaded ahead of the service, in a process of its own that is run with --expose-gc: says on request how many bytes
// are really in use.
import { setImmediate as turn } from 'node:timers/promises';

process.on('message', (order) => {
  if (order === 'memory') void report();
});
process.channel?.unref(); // the service alone decides how long the process lives

async function report(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await turn(); // what is freed by callbacks of the collector goes in the next round
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ bytes: heapUsed + external });
}
