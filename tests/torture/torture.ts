import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '../support/service-process';
import type { Ledger, Report } from './ledger';
import { withTwoServices } from './two-services';

const LONGEST_ROUND_MS = 120;
/** In so many rounds both processes are killed at once: then nobody is left to finish what the other began. */
const ROUNDS_PER_DOUBLE_KILL = 5;

/**
 * Kills one of two services on one registry, or both, with SIGKILL at a random moment while six writers go on, again and
 * again; and looks at the file each time: whether every acknowledged write is there with its events, whether any write is
 * there by half, whether events and registrations agree, and what SQLite says of its integrity.
 * @throws Error at the first thing that is wrong
 */
export async function torture(rounds: number, program: Program): Promise<Report> {
  let kills = 0;
  const ledger = await withTwoServices<Ledger>(program, async (here) => {
    for (let round = 0; round < rounds; round += 1) {
      await sleep(Math.random() * LONGEST_ROUND_MS);
      const victims = round % ROUNDS_PER_DOUBLE_KILL === 0 ? [0, 1] : [round % 2];
      await Promise.all(victims.map((index) => here.services[index]!.stop('SIGKILL')));
      kills += victims.length;
      await Promise.all(victims.map((index) => here.start(index)));
      here.ledger.check();
    }
    return here.ledger;
  });
  return { rounds, kills, ...ledger.totals() };
}
