import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from '../support/service-process';
import type { Attacker } from './attackers/attacker';
import { ChildProgram } from './child-program';
import { type Latencies, partRight } from './latencies';
import { ifThere, MemoryWatch, openDescriptors, residentBytes, waitedMs } from './process-usage';
import { registrationsOf, OTHER_READERS_TYPE } from './shape';
import { type Ground, type Setup, type Stage, startStage } from './stage';
import type { Judged, Met, Outcome } from './outcome';
import { missesOf } from './verdict';
import type { Probe } from './watcher-program';

/** How long each part of an attack takes. */
export interface Durations {
  /** Until the code of what is asked quietly is compiled. */
  readonly warmUpSeconds: number;
  readonly quietSeconds: number;
  readonly attackSeconds: number;
  /** How long after the attack all has to be as before. */
  readonly recoverySeconds: number;
  readonly afterSeconds: number;
}

const MIB = 1024 * 1024;
const SAMPLE_MS = 200;
/** Until as many files and connections are open as before, at most. */
const DRAINING_SAMPLES = 25;
const READS_PER_SECOND = 20;
const CHECKS_PER_SECOND = 5;
const NEWCOMERS_PER_SECOND = 2;

/** Runs one attack on services of its own. */
export async function runAttack(
  ground: Ground,
  setup: Setup,
  attacker: Attacker,
  { durations, seed, program }: { durations: Durations; seed: number; program: Program },
): Promise<Judged> {
  const stage = await startStage(ground, setup, program);
  let exits: readonly (number | string | null)[] = [];
  try {
    const outcome = await attackOn(stage, ground, attacker, durations, seed);
    exits = await stage.close();
    const all = { ...outcome, setup, badExits: exits.filter((exit) => exit !== 0) };
    return { ...all, misses: missesOf(all) };
  } finally {
    if (exits.length === 0) await stage.close();
  }
}

/** Runs one attack on services that are there, and stay there. */
export async function attackOn(
  stage: Stage,
  ground: Ground,
  attacker: Attacker,
  durations: Durations,
  seed: number,
): Promise<Omit<Outcome, 'setup' | 'badExits'>> {
  const watcher = ChildProgram.start('watcher-program');
  const enemy = ChildProgram.start('attacker-program');
  const pids = stage.services.map(({ pid }) => pid);
  const inUse = () => Promise.all(stage.services.map((service) => inUseOf(service)));
  try {
    await watcher.ask('watch', probesOf(stage, ground));
    await sleep(durations.warmUpSeconds * 1000);
    const before = {
      inUse: await inUse(),
      descriptors: pids.map(openDescriptors),
      takenOut: await stage.timesTakenOut(),
    };
    await watcher.ask('next', undefined);
    await sleep(durations.quietSeconds * 1000);
    const quiet = metOf(await watcher.ask('next', undefined));
    const resident = pids.map(residentBytes);
    const waited = () => pids.map((pid) => ifThere(() => waitedMs(pid)));
    const waitedBefore = waited();
    const memory = new MemoryWatch(pids, SAMPLE_MS);
    const order = { name: attacker.name, url: stage.url, shape: ground.shape, seed };
    const seconds = durations.attackSeconds;
    const tally = await enemy.ask<Outcome['tally']>('attack', { ...order, seconds, tokens: ground.cloud.attackers });
    const waitedPart = mostGrown(waitedBefore, waited()) / (seconds * 1000);
    const [during] = await Promise.all([
      watcher.ask<Reports>('next', undefined),
      enemy.stop(),
      sleep(durations.recoverySeconds * 1000),
    ]);
    const peaks = memory.stop();
    await watcher.ask('next', undefined);
    await sleep(durations.afterSeconds * 1000);
    const after = metOf(await watcher.ask('next', undefined));
    await watcher.stop();
    const still = await inUse(); // and by then it has noticed that those who watched are gone
    const keptDescriptors = await leastGrown(before.descriptors, () =>
      pids.map((pid) => ifThere(() => openDescriptors(pid))),
    );
    return {
      ...{ attacker, registrations: registrationsOf(ground.shape), quiet, during: metOf(during), after, tally },
      grownMib: mostGrown(resident, [...peaks.values()]) / MIB,
      keptMib: mostGrown(before.inUse, still) / MIB,
      keptDescriptors,
      waited: Math.max(0, waitedPart),
      timesTakenOut: (await stage.timesTakenOut()) - before.takenOut,
      harm: stage.services.flatMap(({ health: { ended, complaints } }) => [
        ...(ended === null ? [] : [`a process ended: ${ended}`]),
        ...(complaints === '' ? [] : [/^.*Error: .*$/m.exec(complaints)?.[0] ?? complaints.slice(0, 200)]),
      ]),
    };
  } finally {
    for (const service of stage.services) service.forgetOutput();
    await Promise.all([watcher.stop(), enemy.stop()]);
  }
}

type Reports = Readonly<Record<string, Latencies>>;

/** The other reader and those with new tokens ask like everybody; health is asked of each process, as HAProxy does. */
function probesOf({ url, services }: Stage, { cloud }: Ground): Probe[] {
  const reconnects = true;
  const read = `${url}/RegisteredFlavors/${OTHER_READERS_TYPE}`;
  return [
    { name: 'reader', url: read, perSecond: READS_PER_SECOND, tokens: [cloud.reader] },
    { name: 'newcomer', url: read, reconnects, perSecond: NEWCOMERS_PER_SECOND, tokens: cloud.newcomers },
    ...services.flatMap((service, index) => [
      { name: `health ${index}`, url: `${service.url}/healthcheck`, reconnects, perSecond: CHECKS_PER_SECOND },
      { name: `readiness ${index}`, url: `${service.url}/readiness`, reconnects, perSecond: CHECKS_PER_SECOND },
    ]),
  ];
}

function metOf(reports: Reports): Met {
  const worst = (name: string): number =>
    Math.max(0, ...Object.entries(reports).flatMap(([each, { max }]) => (each.startsWith(name) ? [max] : [])));
  return {
    reader: reports['reader']!,
    healthMs: worst('health'),
    readinessMs: worst('readiness'),
    newcomers: partRight(reports['newcomer']!),
  };
}

async function inUseOf(service: Stage['services'][number]): Promise<number> {
  return service.health.ended === null ? service.memoryBytes().catch(() => 0) : 0; // it may end of it
}

/** What the system still keeps of bodies that nobody wants is dropped at a rate, and their connections end behind them. */
async function leastGrown(before: readonly number[], now: () => readonly number[]): Promise<number> {
  let least = mostGrown(before, now());
  for (let left = DRAINING_SAMPLES; left > 0 && least > 0; left -= 1) {
    await sleep(SAMPLE_MS);
    least = Math.min(least, mostGrown(before, now()));
  }
  return least;
}

function mostGrown(before: readonly number[], after: readonly number[]): number {
  return Math.max(...before.map((value, index) => after[index]! - value));
}
