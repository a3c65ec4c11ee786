import type { CallContext } from './caller';
import type { Currency } from './flavor-directory';

/** What a read brought. */
export interface ReadResult<T> {
  readonly result: T;
  /** Until when everything that the read looked at is current, also what it does not show. */
  readonly goodUntil: number;
  /** How current the shown part is: a response must not tell anything about hidden flavors. */
  readonly shown: Currency;
}

/** A read that the policy has admitted. It can be run later, or not at all when its result is known already. */
export interface Read<T> {
  /** What is read, and through whose eyes: two reads with one key have the same result at the same time. */
  readonly key: string;
  /** Whether the result may be so large that only a few such reads may run at once. Cheap. */
  isLarge(): Promise<boolean>;
  /** @throws RegisteredFlavorsError whatever the ports throw: never a partial result */
  run(call: CallContext): Promise<ReadResult<T>>;
}

/** The number of pairs beyond which a read is large. Up to here a read takes a few milliseconds. */
export const MAX_PAIRS_OF_SMALL_READ = 2_000;
