import type { FlavorAnswer } from './flavor-directory';
import type { FlavorId } from './flavor-id';

/** Which Nova. An id is a flavor's name within one: in another one it may be another flavor. */
export interface NovaPlace {
  /** The region that was chosen; "" when there was no choice. */
  readonly region: string;
  readonly computeEndpoint: string;
}

/** What Nova said of an id, and when. */
export interface KeptFlavor {
  readonly flavorId: FlavorId;
  readonly answer: FlavorAnswer;
  /** When Nova was asked: milliseconds since 1970-01-01T00:00:00Z. */
  readonly askedAt: number;
}

/** Registered flavors, by what was last said of them by whichever Nova; unknown where nothing is kept. */
export type FlavorCounts = Readonly<Record<'available' | 'changed' | 'missing' | 'unknown', number>>;

/**
 * What Nova last said of registered flavors, kept beyond the end of the process: a copy, for the time when Nova cannot be
 * asked. Losing it loses nothing that Nova does not know.
 *
 * Fails with `unavailable` (`registered-flavors.registry.unavailable`), as the registry does.
 */
export interface KeptFlavors {
  /** What is kept of these ids as that Nova said it. */
  find(place: NovaPlace, flavorIds: readonly FlavorId[]): KeptFlavor[];

  /**
   * Keeps what that Nova said, in place of anything older, whichever process had kept that. Only of flavors that are
   * registered: with its last registration goes what is kept of a flavor.
   * @param options.repeatAfterMs what stands there already is written again only when it is older by so much
   */
  keep(place: NovaPlace, flavors: readonly KeptFlavor[], options: { repeatAfterMs: number }): Promise<void>;

  /** Counts the registered flavors, in turns. */
  count(): Promise<FlavorCounts>;
}
