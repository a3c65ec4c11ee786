import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import { type CallContext, provenanceOf } from './caller';
import { findFlavors } from './find-flavors';
import type { FlavorCatalog } from './flavor-catalog';
import type { FlavorDirectory } from './flavor-directory';
import { FLAVOR_ID_PATTERN, type FlavorId } from './flavor-id';
import { type FlavorSelector, selects } from './flavor-selector';
import { eachInTurns } from './in-turns';
import { requireOffered } from './offered-service-types';
import { requireFewPairs } from './pair-limit';
import { type RoleLists, requireAdmin } from './policy';
import type { Registration } from './registration';
import type { RegistrationStore } from './registration-store';
import { readLists } from './request-lists';
import type { ClosedServiceTypes, ServiceType } from './service-type';

export interface RegisterPorts {
  readonly store: RegistrationStore;
  readonly flavors: FlavorDirectory;
  readonly catalog: FlavorCatalog;
  readonly roles: RoleLists;
  readonly serviceTypes: ClosedServiceTypes;
  readonly clock: Clock;
}

export interface RegisterRequest {
  readonly serviceTypes: readonly ServiceType[];
  readonly flavors: WantedFlavors;
  readonly isPreview: boolean;
}

export interface RegisterOutcome {
  readonly registered: Registration[];
  readonly alreadyRegistered: Registration[];
}

/** Flavors by their ids, and where those stand; or all that are such. */
export type WantedFlavors =
  | { readonly flavorIds: readonly FlavorId[]; readonly named: 'in the URL' | 'in a body' }
  | { readonly selector: FlavorSelector };

/**
 * Registers existing Nova flavors for each of the service types: all of them, or none.
 *
 * Nova is asked first and one transaction writes afterwards, so that nothing waits for Nova while the registry is
 * locked. A flavor deleted in between is registered and shows as `missing`.
 *
 * @throws RegisteredFlavorsError `forbidden`; `invalid input` beyond a limit, for a type outside of a closed list, and
 * when a selector fits no flavor; `not found` (`invalid input` for those of a body) with one problem for each flavor
 * that Nova does not have; and whatever the directory and the store throw
 */
export async function registerFlavors(
  ports: RegisterPorts,
  call: CallContext,
  { flavors: wanted, isPreview, ...request }: RegisterRequest,
): Promise<RegisterOutcome> {
  const caller = requireAdmin(call.caller, ports.roles);
  const serviceTypes = [...new Set(request.serviceTypes)];
  requireFewEnough(serviceTypes, wanted);
  requireOffered(serviceTypes, ports.serviceTypes);
  const flavorIds =
    'selector' in wanted ? await select(ports.catalog, call, wanted.selector) : [...new Set(wanted.flavorIds)];
  requireFewPairs(serviceTypes.length, flavorIds.length);
  const { found, unknown } = await findFlavors(ports.flavors, flavorIds, call);
  if (unknown.length > 0) throw unknownFlavors(unknown, wanted);
  return ports.store.register(serviceTypes, found, provenanceOf(call, caller, ports.clock), {
    isPreview,
    signal: call.signal,
  });
}

/** Before Nova is asked. A selector selects one flavor at least. */
function requireFewEnough(serviceTypes: readonly ServiceType[], wanted: WantedFlavors): void {
  if ('selector' in wanted) requireFewPairs(serviceTypes.length, 1);
  else if (wanted.named === 'in the URL') readLists(serviceTypes, wanted.flavorIds);
}

/**
 * The ids of all that are such; without those that no later request could name. Their flavors are looked up as any
 * others are, so that what is remembered of them is what has been registered.
 */
async function select(catalog: FlavorCatalog, call: CallContext, selector: FlavorSelector): Promise<FlavorId[]> {
  const all = await catalog.list({ globalRequestId: call.globalRequestId, signal: call.signal });
  const selected: FlavorId[] = [];
  await eachInTurns(all, call.nextTurn, (flavor) => {
    if (selects(selector, flavor) && FLAVOR_ID_PATTERN.test(flavor.id)) selected.push(flavor.id);
  });
  if (selected.length > 0) return selected;
  throw new RegisteredFlavorsError('invalid input', {
    code: 'registered-flavors.selector.no_match',
    detail: `None of the ${all.length} flavors that Nova has is as the selector wants them. Nothing was registered.`,
  });
}

function unknownFlavors(flavorIds: readonly FlavorId[], wanted: WantedFlavors): RegisteredFlavorsError {
  const isInUrl = 'named' in wanted && wanted.named === 'in the URL';
  const code = isInUrl ? 'registered-flavors.flavor.not_found' : 'registered-flavors.flavor.unknown';
  return new RegisteredFlavorsError(
    isInUrl ? 'not found' : 'invalid input',
    flavorIds.map((flavorId) => ({
      code,
      detail: `Nova has no flavor with the ID "${flavorId}". Nothing was registered.`,
    })),
  );
}
