import { type FlavorSelector, selects } from './flavor-selector';
import type { Flavor } from './flavor';
import type { FlavorId } from './flavor-id';

/** Of what is registered for the types of a read, what is wanted. */
export interface ReadFilter {
  /** Only these; all when undefined. Each once. */
  readonly flavorIds: readonly FlavorId[] | undefined;
  /** Only those that it selects; what Nova has lost has nothing to select it by. */
  readonly selector: FlavorSelector | undefined;
}

/** Whether a flavor of a read is wanted, by what Nova says of it; null when Nova has lost it. */
export function isWanted({ selector }: ReadFilter, flavor: Flavor | null): boolean {
  return selector === undefined || (flavor !== null && selects(selector, flavor));
}

/** A text that is the same for filters that want the same in the same way; "" for none. */
export function filterKey({ flavorIds, selector }: ReadFilter): string {
  if (flavorIds === undefined && selector === undefined) return '';
  const { name, extraSpecs, minVcpus, minRam, minDisk, isPublic } = selector ?? { extraSpecs: [] };
  const ids = flavorIds === undefined ? null : flavorIds.toSorted();
  return JSON.stringify([ids, name ?? null, extraSpecs.toSorted(), minVcpus, minRam, minDisk, isPublic]);
}
