import type { Met, Outcome } from './outcome';

/** What an attack may do to others. */
export interface Bounds {
  /** The other reader's p99, in milliseconds and as a multiple of the quiet one. */
  readonly readerMs: number;
  readonly timesQuiet: number;
  /** The longest that /healthcheck and /readiness take. */
  readonly healthMs: number;
  readonly grownMib: number;
  /** The p99 that is never called longer than before, afterwards: the machine does other things, too. */
  readonly afterMs: number;
}

export const BOUNDS: Bounds = { readerMs: 250, timesQuiet: 20, healthMs: 250, grownMib: 128, afterMs: 25 };

/** What else still counts as "as before": what is remembered has its own bounds, and HAProxy keeps connections for a while. */
const AS_BEFORE = { timesQuiet: 5, keptMib: 48, descriptors: { plain: 32, haproxy: 320 } };

/** What was not as it must be, in words; empty when all was. */
export function missesOf(outcome: Outcome, bounds: Bounds = BOUNDS): string[] {
  const { grownMib, keptMib, keptDescriptors, timesTakenOut, harm, badExits } = outcome;
  const stayed: [string, number, number][] = [
    ...during(outcome, bounds),
    ['memory grew by MiB', grownMib, bounds.grownMib],
    ...after(outcome, bounds),
    ['afterwards: more in use, MiB', keptMib, AS_BEFORE.keptMib],
    ['afterwards: more open', keptDescriptors, AS_BEFORE.descriptors[outcome.setup]],
    ['taken out', timesTakenOut, 0],
  ];
  return [
    ...harm,
    ...badExits.map((exit) => `exit ${exit}`),
    ...stayed.filter(([, value, most]) => value > most).map(([what, value]) => `${what} ${Math.round(value)}`),
  ];
}

function during({ quiet, during: met }: Outcome, bounds: Bounds): [string, number, number][] {
  return [
    ['reader p99, ms', met.reader.p99, bounds.readerMs],
    ['reader p99, times the quiet one', met.reader.p99 / quiet.reader.p99, bounds.timesQuiet],
    ...healthOf(met, bounds.healthMs),
  ];
}

function after({ quiet, after: met }: Outcome, bounds: Bounds): [string, number, number][] {
  const most = Math.max(AS_BEFORE.timesQuiet * quiet.reader.p99, bounds.afterMs);
  return [['afterwards: reader p99, ms', met.reader.p99, most]];
}

function healthOf(met: Met, most: number): [string, number, number][] {
  return [
    ['healthcheck, ms', met.healthMs, most],
    ['readiness, ms', met.readinessMs, most],
  ];
}
