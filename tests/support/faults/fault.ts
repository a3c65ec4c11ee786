import { REMEMBERS_NOTHING } from '../test-service';
import type { StubFlavor } from '../../../src/stub/stub-flavors';
import type { FaultWorld } from './fault-world';

/**
 * What is asked of our service while the fault lasts. Details are known while they are fresh, and stale when Nova has to
 * be asked about them again. Where nothing is said of them they are unknown; where nothing is said of the token, too.
 */
export const ASKS = {
  'GET, details known': { method: 'GET', details: 'known', token: 'new' },
  'GET, details stale': { method: 'GET', details: 'stale', token: 'new' },
  'GET, details unknown': { method: 'GET', details: 'unknown', token: 'new' },
  GET: { method: 'GET', details: 'unknown', token: 'new' },
  POST: { method: 'POST', details: 'unknown', token: 'new' },
  DELETE: { method: 'DELETE', details: 'unknown', token: 'new' },
  'GET, token and details known': { method: 'GET', details: 'known', token: 'known' },
  'GET, token known, details stale': { method: 'GET', details: 'stale', token: 'known' },
  'GET, token known': { method: 'GET', details: 'unknown', token: 'known' },
} as const;

export type Ask = keyof typeof ASKS;

/** What comes, as `tell` writes it: `200`, `200, stale`, `502 nova.bad_answer`, `503 nova.unavailable, Retry-After 5`. */
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
  /** Our service waits for it until a limit: with {@link SHORT_LIMITS}. */
  readonly takesLong?: boolean;
  /** Besides those of {@link LIMITS}. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Memory is watched: the fault is about size. */
  readonly isHeavy?: boolean;
  readonly answers: Readonly<Partial<Record<Ask, Told>>>;
}

/** The limits of our service while it is tested, wide enough for a busy machine. */
export const LIMITS = {
  KEYSTONE_TIMEOUT_MS: '3000',
  KEYSTONE_DEADLINE_MS: '6000',
  NOVA_TIMEOUT_MS: '3000',
  NOVA_DEADLINE_MS: '6000',
  UPSTREAM_ANSWER_MAX_BYTES: '2097152',
  UPSTREAM_IN_FLIGHT_MAX_BYTES: '8388608',
} as const;

/** Where the limits are reached: with the documented ones the run would take minutes. */
export const SHORT_LIMITS = {
  KEYSTONE_TIMEOUT_MS: '700',
  KEYSTONE_DEADLINE_MS: '2000',
  NOVA_TIMEOUT_MS: '700',
  NOVA_DEADLINE_MS: '2000',
} as const;

/** Two services, and so two memories: one that has read the flavors before, and one to which they are always unknown. */
export const MEMORY = {
  remembers: {
    FLAVOR_TTL_SECONDS: '30',
    FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: '60',
    FLAVOR_MAX_STALE_SECONDS: '86400',
  },
  'remembers nothing': REMEMBERS_NOTHING,
} as const;

export type Memory = keyof typeof MEMORY;

/** From fresh to beyond both bounds. */
export const STALE_AFTER_SECONDS = 100;
