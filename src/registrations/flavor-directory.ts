import type { Flavor } from './flavor';
import type { FlavorId } from './flavor-id';

/** Which projects may use a private flavor, and when Nova was asked. */
export interface AccessAnswer {
  readonly projectIds: ReadonlySet<string>;
  readonly askedAt: number;
}

/** What Nova says of one id, and when it was asked (milliseconds since 1970-01-01T00:00:00Z). */
export type FlavorAnswer =
  | {
      readonly status: 'found';
      readonly flavor: Flavor;
      readonly askedAt: number;
      /**
       * Who may use it, when it is private and that was asked for and could be learned. Learned together with the
       * flavor, so that no access list ever goes with another flavor that had the same id.
       */
      readonly access?: AccessAnswer | undefined;
    }
  | { readonly status: 'missing'; readonly askedAt: number };

/** The request on whose behalf Nova is asked. */
export interface LookUpOptions {
  /** Passed on to Nova and Keystone, so that one id finds the request in every log. */
  readonly globalRequestId: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Nova itself is asked now; nothing remembered will do. */
  readonly fresh: boolean;
  /** Who may use private flavors is wanted, too. */
  readonly withAccess: boolean;
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
  /**
   * Looks up every id. The answer has exactly one entry for each. An access list that cannot be learned is left out and
   * fails nothing.
   */
  lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<ReadonlyMap<FlavorId, FlavorAnswer>>;
}

/** The answer for one id. The directory answers every id it was asked; a gap is a defect, never "missing". */
export function answerFor(answers: ReadonlyMap<FlavorId, FlavorAnswer>, flavorId: FlavorId): FlavorAnswer {
  const answer = answers.get(flavorId);
  if (answer === undefined) throw new Error(`the flavor directory gave no answer for "${flavorId}"`);
  return answer;
}
