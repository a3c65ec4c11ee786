import type { Attacker } from './attackers/attacker';
import type { Latencies } from './latencies';
import type { Setup } from './stage';

/** What others met with in one stretch of time: another reader, the worst health and readiness, and readers with new tokens. */
export interface Met {
  readonly reader: Latencies;
  readonly healthMs: number;
  readonly readinessMs: number;
  /** The part of those with new, valid tokens that was served. */
  readonly newcomers: number;
}

/** What came of one attack. */
export interface Outcome {
  readonly attacker: Attacker;
  readonly setup: Setup;
  readonly registrations: number;
  readonly quiet: Met;
  readonly during: Met;
  readonly after: Met;
  /** By how much the memory of a process grew at the most, MiB. */
  readonly grownMib: number;
  /** How much more of it is still in use afterwards, MiB. */
  readonly keptMib: number;
  /** How many more files and connections are still open afterwards. */
  readonly keptDescriptors: number;
  readonly timesTakenOut: number;
  /** The part of the attack in which a process was ready to run and the machine ran others, at the most. */
  readonly waited: number;
  /** How processes ended before they were told to, and what they complained of. */
  readonly harm: readonly string[];
  /** Exit codes other than 0, once told to stop. */
  readonly badExits: readonly (number | string | null)[];
  /** What became of the attacker's own requests. */
  readonly tally: Readonly<Record<string, number>>;
}

export interface Judged extends Outcome {
  readonly misses: readonly string[];
}
