import type { AcceptedFlavor } from './flavor';
import type { FlavorId } from './flavor-id';
import type { ServiceType } from './service-type';

/** One flavor registered for one service type: the pair that everything here is about. */
export interface Registration {
  readonly serviceType: ServiceType;
  readonly flavorId: FlavorId;
}

/** Who registered, when and with which request. */
export interface Provenance {
  readonly userId: string;
  readonly projectId: string;
  readonly requestId: string;
  readonly globalRequestId: string | undefined;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
}

/** One flavor id with the service types that it is registered for: those that were asked for, or all. */
export interface FlavorTypes {
  readonly flavorId: FlavorId;
  /** Sorted by {@link inByteOrder}. */
  readonly serviceTypes: readonly ServiceType[];
}

/** The same, with the flavor as it was when it was last registered. */
export interface RegisteredFlavor extends FlavorTypes {
  readonly accepted: AcceptedFlavor;
}

/** Service types and flavor ids are ASCII, so that JavaScript's code units, UTF-8's and SQLite's bytes sort alike. */
export function inByteOrder(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Sorts by service type, then flavor id: the order of every list of pairs that leaves the service. */
export function byTypeThenId(a: Registration, b: Registration): number {
  return inByteOrder(a.serviceType, b.serviceType) || inByteOrder(a.flavorId, b.flavorId);
}
