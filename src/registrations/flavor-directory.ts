import type { Flavor } from './flavor';
import type { FlavorId } from './flavor-id';

/** What Nova says of one id, and when it was asked (milliseconds since 1970-01-01T00:00:00Z). */
export type FlavorAnswer =
  | { readonly status: 'found'; readonly flavor: Flavor; readonly askedAt: number }
  | { readonly status: 'missing'; readonly askedAt: number };

/** Which projects may use a private flavor, and when Nova was asked. */
export interface AccessAnswer {
  readonly projectIds: ReadonlySet<string>;
  readonly askedAt: number;
}

/** The request on whose behalf Nova is asked. */
export interface LookUpOptions {
  /** Passed on to Nova and Keystone, so that one id finds the request in every log. */
  readonly globalRequestId: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Nova itself is asked now; nothing remembered will do. */
  readonly fresh: boolean;
}

/**
 * What Nova says of flavor ids.
 *
 * Fails with
 * - `unavailable` when Nova or Keystone cannot be reached or refuses us,
 * - `upstream timed out` when Nova did not answer within the deadline,
 * - `upstream answered badly` when the answer makes no sense,
 * and never with a partial answer: what could not be learned is not called missing.
 */
export interface FlavorDirectory {
  /** Looks up every id. The answer has exactly one entry for each. */
  lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<ReadonlyMap<FlavorId, FlavorAnswer>>;

  /**
   * Finds out who may use private flavors. A flavor of which that cannot be learned is left out; this never fails.
   */
  findAccess(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<ReadonlyMap<FlavorId, AccessAnswer>>;
}

/** The answer for one id. The directory answers every id it was asked; a gap is a defect, never "missing". */
export function answerFor(answers: ReadonlyMap<FlavorId, FlavorAnswer>, flavorId: FlavorId): FlavorAnswer {
  const answer = answers.get(flavorId);
  if (answer === undefined) throw new Error(`the flavor directory gave no answer for "${flavorId}"`);
  return answer;
}
