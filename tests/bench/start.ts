import { spawn } from 'node:child_process';
import path from 'node:path';
import { stubEnvironment } from '../support/stub-world';
import { BUILT, fillRegistry, registryOf, startService } from './cloud';
import { atMost, type Bench } from './figure';

const ROUNDS = 5;
const root = path.join(__dirname, '..', '..');

/** How long a start takes until requests are taken. */
export const start: Bench = {
  subject: 'start',
  run: async (cloud, keep) => {
    const first = keep(await startService(cloud));
    fillRegistry(registryOf(first), 10_000);
    const environment = {
      ...stubEnvironment(cloud),
      PORT: '0',
      DRAIN_SECONDS: '0',
      DATABASE_URL: `file:${registryOf(first)}`,
    };
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round += 1) best = Math.min(best, await startOnce(environment));
    return [atMost('start with 1,000,000 registrations', best, 1000, ' ms')];
  },
};

async function startOnce(environment: Record<string, string>): Promise<number> {
  const from = performance.now();
  const child = spawn(process.execPath, [path.join(root, BUILT.script), ...BUILT.args], { env: environment });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.includes('"listening"') && resolve());
    child.once('exit', () => reject(new Error('the service ended before it listened')));
  });
  const took = performance.now() - from;
  child.kill();
  await new Promise((resolve) => child.once('exit', resolve));
  return took;
}
