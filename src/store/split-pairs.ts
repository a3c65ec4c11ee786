import type { FlavorId } from '../registrations/flavor-id';
import { inByteOrder, type Registration } from '../registrations/registration';
import type { ServiceType } from '../registrations/service-type';

/** Every pair of the request, on one of two sides; each side sorted by type, then id. */
export interface SplitPairs {
  readonly changed: Registration[];
  readonly unchanged: Registration[];
}

/** Splits the pairs of a request (each type with each id) by whether the write changed them. */
export function splitPairs(
  serviceTypes: readonly ServiceType[],
  flavorIds: readonly FlavorId[],
  changedRows: readonly Registration[],
): SplitPairs {
  const changedIds = new Map<ServiceType, Set<FlavorId>>(serviceTypes.map((serviceType) => [serviceType, new Set()]));
  for (const { serviceType, flavorId } of changedRows) changedIds.get(serviceType)?.add(flavorId);

  const split: SplitPairs = { changed: [], unchanged: [] };
  const sortedIds = flavorIds.toSorted(inByteOrder);
  for (const serviceType of serviceTypes.toSorted(inByteOrder)) {
    for (const flavorId of sortedIds) {
      const side = changedIds.get(serviceType)?.has(flavorId) ? split.changed : split.unchanged;
      side.push({ serviceType, flavorId });
    }
  }
  return split;
}
