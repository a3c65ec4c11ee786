import type { FlavorId } from '../registrations/flavor-id';

/** One GET costs Nova about as much as this many flavors of a list (measured on a real Nova). */
const FLAVORS_PER_GET = 25;
/** Before any walk nobody knows how many flavors there are: taken for so few that 16 ids are asked for one by one. */
export const ASSUMED_FLAVORS_IN_NOVA = 16 * FLAVORS_PER_GET;

/** Ids that no path can carry: `flavors/detail` is the list, and dots are resolved away by clients and proxies. */
export const UNREACHABLE_BY_PATH: ReadonlySet<FlavorId> = new Set(['detail', '.', '..']);

/** How a look-up is done: each id by a GET of its own, or all of them out of a walk through the list. */
export type LookUpPlan = 'get each' | 'walk the list';

/**
 * Decides what costs Nova less. Pure: the same ids and the same knowledge give the same plan.
 * @param flavorsInNova how many flavors the last walk saw
 */
export function planLookUp(flavorIds: readonly FlavorId[], flavorsInNova = ASSUMED_FLAVORS_IN_NOVA): LookUpPlan {
  if (flavorIds.some((flavorId) => UNREACHABLE_BY_PATH.has(flavorId))) return 'walk the list';
  return flavorIds.length * FLAVORS_PER_GET <= flavorsInNova ? 'get each' : 'walk the list';
}
