import { RegisteredFlavorsError } from '../errors';
import type { FlavorId } from './flavor-id';
import { inByteOrder, type Registration } from './registration';
import { MAX_PAIRS } from './request-lists';
import type { ServiceType } from './service-type';

/** Which flavors are registered for which service types: each type with its ids, both in byte order. */
export type RegistrationDocument = ReadonlyMap<ServiceType, readonly FlavorId[]>;

/** What has to happen to make one document of another. Pairs are sorted by type, then id. */
export interface Difference {
  readonly added: readonly Registration[];
  readonly removed: readonly Registration[];
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
  if (pairs > MAX_PAIRS) throw tooMany(`${pairs} pairs of service type and flavor`);
  if (sorted.length > MAX_PAIRS) throw tooMany(`of ${sorted.length} service types`);
  return new Map(sorted);
}

function tooMany(what: string): RegisteredFlavorsError {
  return new RegisteredFlavorsError('invalid input', {
    code: 'registered-flavors.pair.too_many',
    detail: `The registrations are ${what}; one request takes up to ${MAX_PAIRS}.`,
  });
}

/** What has to be registered and deregistered so that `declared` stands instead of `standing`. Pure. */
export function differenceOf(standing: RegistrationDocument, declared: RegistrationDocument): Difference {
  const types = [...new Set([...standing.keys(), ...declared.keys()])].sort(inByteOrder);
  const added: Registration[] = [];
  const removed: Registration[] = [];
  let unchanged = 0;
  for (const serviceType of types) {
    const [before, after] = [standing.get(serviceType) ?? [], declared.get(serviceType) ?? []];
    const [stood, stays] = [new Set(before), new Set(after)];
    for (const flavorId of after) if (!stood.has(flavorId)) added.push({ serviceType, flavorId });
    for (const flavorId of before) if (!stays.has(flavorId)) removed.push({ serviceType, flavorId });
    unchanged += before.filter((flavorId) => stays.has(flavorId)).length;
  }
  return { added, removed, unchanged };
}
