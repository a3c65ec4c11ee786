import type { LookUpOptions } from './flavor-directory';
import type { Flavor } from './flavor';

/** All that Nova has. Fails as {@link FlavorDirectory} does, and never with a part of it. */
export interface FlavorCatalog {
  /** Every flavor that Nova has now: it is asked each time. */
  list(options: Pick<LookUpOptions, 'globalRequestId' | 'signal'>): Promise<readonly Flavor[]>;
}
