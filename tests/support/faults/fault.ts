import type { FaultSetting } from './fault-setting';
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

/** One row of the table: what goes wrong, and what our callers get. */
export interface Fault extends FaultSetting {
  readonly name: string;
  /** Lets it go wrong; done anew for every request. */
  begin(world: FaultWorld): unknown;
  /** Goes on beside the request, and ends with its answer at the latest. */
  meanwhile?(world: FaultWorld, isAnswered: () => boolean): Promise<void>;
  /** For how long the service documents that it stays away after the fault has ended. */
  readonly pauseSeconds?: number;
  /** Memory is watched: the fault is about size. */
  readonly isHeavy?: boolean;
  readonly answers: Readonly<Partial<Record<Ask, Told>>>;
}
