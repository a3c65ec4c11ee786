import type { Flavor } from './flavor';
import type { FlavorId } from './flavor-id';
import type { NextTurn } from './in-turns';

/**
 * What Nova says of one id. While Nova says the same, however often it is asked, this is one and the same object: who
 * has made something of it sees at a glance that it still holds.
 */
export type FlavorAnswer =
  | {
      readonly status: 'found';
      readonly flavor: Flavor;
      /**
       * The projects that may use it, when it is private and that was asked for and could be learned. Remembered under the
       * flavor as Nova describes it, so that no access list ever goes with another flavor that had the same id.
       */
      readonly access?: ReadonlySet<string> | undefined;
    }
  | { readonly status: 'missing' };

/** The request on whose behalf Nova is asked. */
export interface LookUpOptions {
  /** Passed on to Nova and Keystone, so that one id finds the request in every log. */
  readonly globalRequestId: string;
  /**
   * Aborted when nobody waits for the answer any more. It belongs to one request: all that the request asks of Nova
   * shares one deadline.
   */
  readonly signal: AbortSignal;
  /**
   * What will do. `the new`: Nova itself is asked now. `the current`: what is remembered, as long as it is not too old.
   * `the known`: whatever is remembered and may still be used, when it has to be; it is renewed behind the reader.
   */
  readonly accept: 'the new' | 'the current' | 'the known';
  /** Who may use private flavors is wanted, too; for `the new` as well it may be remembered. */
  readonly withAccess: boolean;
  /** Asked between pieces of work on long lists. */
  readonly nextTurn: NextTurn;
}

/**
 * Why Nova was asked of an id, if it was: nothing was known of it, or what was known was too old. In vain: it failed, and
 * the older answer had to do.
 */
export const REASONS_TO_ASK = ['nothing', 'the old', 'the unknown', 'the old, in vain'] as const;
export type ReasonToAsk = (typeof REASONS_TO_ASK)[number];

/** How current answers are. */
export interface Currency {
  /**
   * Until then (milliseconds since 1970-01-01T00:00:00Z) they may be given again without another look, as long as
   * {@link FlavorDirectory.revision} is what it was before this one.
   */
  readonly goodUntil: number;
  readonly askedFor: ReasonToAsk;
}

/** What a look-up brought; as a whole as current as the least current of its answers. */
export interface LookUp extends Currency {
  /** Exactly one for each id. */
  readonly answers: ReadonlyMap<FlavorId, FlavorAnswer>;
  /** How current the answer for one of the ids is. */
  readonly currencyOf: (flavorId: FlavorId) => Currency;
}

/** As current as the least current of several. */
export class LeastCurrent {
  #goodUntil = Infinity;
  #reason = 0;

  get currency(): Currency {
    return { goodUntil: this.#goodUntil, askedFor: REASONS_TO_ASK[this.#reason]! };
  }

  take({ goodUntil, askedFor }: Currency): void {
    this.#goodUntil = Math.min(this.#goodUntil, goodUntil);
    this.#reason = Math.max(this.#reason, REASONS_TO_ASK.indexOf(askedFor));
  }
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
  /** Another number as soon as Nova has said something else of an id than is remembered of it. */
  readonly revision: number;

  /**
   * Looks up every id. An access list that cannot be learned is left out and fails nothing; nor does one that is not
   * learned yet when the time of the caller is up. Such a look-up is not good for another look.
   */
  lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<LookUp>;
}

/** The answer for one id. The directory answers every id it was asked; a gap is a defect, never "missing". */
export function answerFor(answers: ReadonlyMap<FlavorId, FlavorAnswer>, flavorId: FlavorId): FlavorAnswer {
  const answer = answers.get(flavorId);
  if (answer === undefined) throw new Error(`the flavor directory gave no answer for "${flavorId}"`);
  return answer;
}
