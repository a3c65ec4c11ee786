import { type Problem, RegisteredFlavorsError } from '../errors';
import type { NamedIn } from './find-flavors';
import { type FlavorId, MAX_FLAVOR_IDS } from './flavor-id';
import { MAX_SERVICE_TYPES, type ServiceType } from './service-type';

/** How many pairs one request may name. */
export const MAX_PAIRS = 10_000;

/** Service types and flavor ids of a request, each once, in the order given. */
export interface RequestLists {
  readonly serviceTypes: readonly ServiceType[];
  readonly flavorIds: readonly FlavorId[];
}

/**
 * What one request names: duplicates count once, and no more than the limits; those of the two lists are for URLs.
 * The contract has checked the form of each item.
 * @throws RegisteredFlavorsError `invalid input`, one problem for each limit that is broken
 */
export function readLists(
  serviceTypes: readonly ServiceType[],
  flavorIds: readonly FlavorId[] = [],
  named: NamedIn = 'in the URL',
): RequestLists {
  const lists = { serviceTypes: [...new Set(serviceTypes)], flavorIds: [...new Set(flavorIds)] };
  const types = lists.serviceTypes.length;
  const ids = lists.flavorIds.length;
  const problems = [...(named === 'in the URL' ? tooLong(types, ids) : []), ...tooManyPairs(types, ids)];
  if (problems.length > 0) throw new RegisteredFlavorsError('invalid input', problems);
  return lists;
}

function tooLong(types: number, ids: number): Problem[] {
  const problems: Problem[] = [];
  if (types > MAX_SERVICE_TYPES) {
    problems.push({
      code: 'registered-flavors.service_type.too_many',
      detail: `${types} service types are named; one request takes up to ${MAX_SERVICE_TYPES}.`,
    });
  }
  if (ids > MAX_FLAVOR_IDS) {
    problems.push({
      code: 'registered-flavors.flavor_id.too_many',
      detail: `${ids} flavor IDs are named; one request takes up to ${MAX_FLAVOR_IDS}.`,
    });
  }
  return problems;
}

function tooManyPairs(types: number, ids: number): Problem[] {
  if (types * ids <= MAX_PAIRS) return [];
  return [
    {
      code: 'registered-flavors.pair.too_many',
      detail: `${types} service types and ${ids} flavor IDs are ${types * ids} pairs; one request takes up to ${MAX_PAIRS}.`,
    },
  ];
}
