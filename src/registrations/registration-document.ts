import type { FlavorId } from './flavor-id';
import { inByteOrder, type Registration } from './registration';
import { MAX_PAIRS, tooMany } from './pair-limit';
import type { ServiceType } from './service-type';

/** Which flavors are registered for which service types: each type with its ids, both in byte order. */
export type RegistrationDocument = ReadonlyMap<ServiceType, readonly FlavorId[]>;

/** What makes one document of another. Pairs are sorted by type, then id. */
export interface Difference {
  readonly registered: readonly Registration[];
  readonly deregistered: readonly Registration[];
  /** How many pairs are in both. */
  readonly unchanged: number;
}

/**
 * A document of what a request names: sorted, and each pair once.
 * @throws RegisteredFlavorsError `invalid input` when there are more pairs, or service types, than one request may name
 */
export function readDocument(entries: Iterable<readonly [ServiceType, readonly FlavorId[]]>): RegistrationDocument {
  const sorted = [...entries]
    .map(([serviceType, ids]): [ServiceType, FlavorId[]] => [serviceType, [...new Set(ids)].sort(inByteOrder)])
    .sort(([a], [b]) => inByteOrder(a, b));
  const pairs = sorted.reduce((count, [, ids]) => count + ids.length, 0);
  const what = pairs > MAX_PAIRS ? `${pairs} pairs of service type and flavor` : `${sorted.length} service types`;
  if (Math.max(pairs, sorted.length) > MAX_PAIRS) {
    throw tooMany(`The document has ${what}; one request takes up to ${MAX_PAIRS}. PATCH takes it in parts.`);
  }
  return new Map(sorted);
}

/** What has to be registered and deregistered so that `declared` stands instead of `standing`. Pure. */
export function differenceOf(standing: RegistrationDocument, declared: RegistrationDocument): Difference {
  const types = [...new Set([...standing.keys(), ...declared.keys()])].sort(inByteOrder);
  const registered: Registration[] = [];
  const deregistered: Registration[] = [];
  let unchanged = 0;
  for (const serviceType of types) {
    const [before, after] = [standing.get(serviceType) ?? [], declared.get(serviceType) ?? []];
    const [stood, stays] = [new Set(before), new Set(after)];
    for (const flavorId of after) if (!stood.has(flavorId)) registered.push({ serviceType, flavorId });
    for (const flavorId of before) if (!stays.has(flavorId)) deregistered.push({ serviceType, flavorId });
    unchanged += before.filter((flavorId) => stays.has(flavorId)).length;
  }
  return { registered, deregistered, unchanged };
}
