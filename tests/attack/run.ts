// npm run attack: attackers do their worst, one after the other, and others are looked at meanwhile.
//   -- NAME ...       only attackers with these words in their names
//   -- turns [WORD ...]  instead: how long each operation (with such a word in it) holds up the event loop
//   --shape 100x100   registries of so many service types with so many flavors each; may be given several times
//   --setup plain     only alone (plain), or only behind HAProxy (haproxy)
//   --seconds N       so long each, instead of 60
//   --quiet N         so long quiet before it, instead of 10
//   --seed N          what is made up is the same again
//   --write           also writes what came of it into docs/reliability.md
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { BUILT } from '../bench/cloud';
import { attackLine, attackTable, writeAttack } from './attack-page';
import { attackersNamed } from './attackers/all-attackers';
import { runAttack } from './campaign';
import type { Judged } from './outcome';
import { readShape } from './shape';
import { prepareGround, SETUPS } from './stage';
import { turns } from './turns';
import { turnsLine, turnsTable, writeTurns } from './turns-page';

const TURNS = 'turns';
const SHAPES = ['100x100', '100x10000'];
/** The last one has nearly as many flavors as a walk through Nova's list takes. */
const SHAPES_FOR_TURNS = ['100x10000', '10000x100', '1x90000'];

function readArguments() {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  const options = { setup: text, seconds: text, quiet: text, seed: text, write: flag } as const;
  const { values, positionals } = parseArgs({
    options: { ...options, shape: { type: 'string', multiple: true } },
    allowPositionals: true,
  });
  return { ...values, positionals };
}

async function main(): Promise<void> {
  const asked = readArguments();
  const isMet = asked.positionals[0] === TURNS ? await runTurns(asked) : await runCampaign(asked);
  if (!isMet) process.exitCode = 1;
}

async function runCampaign(asked: ReturnType<typeof readArguments>): Promise<boolean> {
  const seed = Number(asked.seed ?? randomInt(2 ** 31));
  const attackSeconds = Number(asked.seconds ?? 60);
  const quietSeconds = Number(asked.quiet ?? 10);
  const durations = { warmUpSeconds: 3, quietSeconds, attackSeconds, recoverySeconds: 5, afterSeconds: 5 };
  const attackers = attackersNamed(asked.positionals);
  const outcomes: Judged[] = [];
  process.stdout.write(`seed ${seed}\n`);
  for (const shape of (asked.shape ?? SHAPES).map(readShape)) {
    const ground = await prepareGround(shape);
    for (const setup of SETUPS.filter((each) => each === (asked.setup ?? each))) {
      for (const attacker of attackers) {
        outcomes.push(await runAttack(ground, setup, attacker, { durations, seed, program: BUILT }));
        process.stdout.write(attackLine(outcomes.at(-1)!));
      }
    }
    await ground.close();
  }
  process.stdout.write(attackTable(outcomes));
  if (asked.write === true) writeAttack(outcomes, durations, seed);
  return outcomes.every(({ misses }) => misses.length === 0);
}

async function runTurns(asked: ReturnType<typeof readArguments>): Promise<boolean> {
  const found = [];
  for (const shape of asked.shape ?? SHAPES_FOR_TURNS) {
    const ground = await prepareGround(readShape(shape));
    const rows = await turns(ground, BUILT, (row) => process.stdout.write(turnsLine(row)), asked.positionals.slice(1));
    await ground.close();
    process.stdout.write(turnsTable(rows));
    found.push({ shape, rows });
  }
  if (asked.write === true) writeTurns(found);
  return found.every(({ rows }) => rows.every(({ isMet }) => isMet));
}

// Children end when their parent does; what else is to be cleaned up is cleaned up at the exit.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
void main();
