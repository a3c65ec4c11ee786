import { type Problem, RegisteredFlavorsError } from '../errors';
import { type FlavorId, MAX_FLAVOR_IDS } from './flavor-id';
import { tooManyPairs } from './pair-limit';
import { MAX_SERVICE_TYPES, type ServiceType } from './service-type';

/** Service types and flavor ids of a request, each once, in the order given. */
export interface RequestLists {
  readonly serviceTypes: readonly ServiceType[];
  readonly flavorIds: readonly FlavorId[];
}

/**
 * What a URL names: duplicates count once, and no more than the limits. The contract has checked the form of each item.
 * @throws RegisteredFlavorsError `invalid input`, one problem for each limit that is broken
 */
export function readLists(serviceTypes: readonly ServiceType[], flavorIds: readonly FlavorId[] = []): RequestLists {
  const lists = { serviceTypes: [...new Set(serviceTypes)], flavorIds: [...new Set(flavorIds)] };
  const types = lists.serviceTypes.length;
  const ids = lists.flavorIds.length;
  const problems = [...tooLong(types, ids), ...tooManyPairs(types, ids)];
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
