import type { Shape } from '../shape';
import type { Tally } from './tally';

/** Whose pages may read answers: preflights from there get more work done than others. */
export const ALLOWED_ORIGIN = 'https://portal.example';

/** What an attacker knows and has. */
export interface Target {
  /** Where the service, or HAProxy before it, listens. */
  readonly url: string;
  readonly shape: Shape;
  /** Many valid tokens of one ordinary reader. */
  readonly tokens: readonly string[];
  /** Ends the attack. */
  readonly signal: AbortSignal;
  /** What is made up is the same for the same seed. */
  readonly seed: number;
  /** What became of it. */
  readonly tally: Tally;
}

/** Somebody who does his worst over a bounded number of connections, until he is told to end. */
export interface Attacker {
  readonly name: string;
  /** `nobody` has no token that is valid. */
  readonly who: 'nobody' | 'a reader';
  /** In words, as the table has it. */
  readonly does: string;
  attack(target: Target): Promise<void>;
}
