import { REMEMBERS_NOTHING } from '../test-service';
import type { StubFlavor } from '../../../src/stub/stub-flavors';
import type { FaultWorld } from './fault-world';

/** What is asked of our service while the fault lasts. */
export type Ask = 'GET' | 'POST' | 'DELETE' | 'GET, token known';

/** What comes, as {@link tell} writes it: `200`, `502 nova.bad_answer`, `503 nova.unavailable, Retry-After 5`. */
export type Told = string;

/** The cloud in which a fault happens, and what of it our service is asked about. */
export interface Scene {
  readonly flavors: readonly StubFlavor[];
  /** Nova's page. */
  readonly maxLimit?: number;
  readonly flavorIds: readonly string[];
}

/** One row of the table: what goes wrong, and what our callers get. */
export interface Fault {
  readonly name: string;
  /** Lets it go wrong; done anew for every request. */
  begin(world: FaultWorld): unknown;
  /** Goes on beside the request, and ends with its answer at the latest. */
  meanwhile?(world: FaultWorld, isAnswered: () => boolean): Promise<void>;
  /** For how long the service documents that it stays away after the fault has ended. */
  readonly pauseSeconds?: number;
  readonly scene?: Scene;
  /** Besides those of {@link LIMITS}. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Memory is watched: the fault is about size. */
  readonly isHeavy?: boolean;
  readonly answers: Readonly<Partial<Record<Ask, Told>>>;
}

/** The limits of our service while it is tested: the documented ones would take minutes. */
export const LIMITS = {
  KEYSTONE_TIMEOUT_MS: '300',
  KEYSTONE_DEADLINE_MS: '1000',
  NOVA_TIMEOUT_MS: '300',
  NOVA_DEADLINE_MS: '1000',
  ...REMEMBERS_NOTHING,
  UPSTREAM_ANSWER_MAX_BYTES: '2097152',
  UPSTREAM_IN_FLIGHT_MAX_BYTES: '8388608',
} as const;
