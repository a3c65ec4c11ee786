import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import { type CallContext, provenanceOf } from './caller';
import { findFlavors, type NamedIn } from './find-flavors';
import type { Flavor } from './flavor';
import type { FlavorCatalog } from './flavor-catalog';
import type { FlavorDirectory } from './flavor-directory';
import { FLAVOR_ID_PATTERN, type FlavorId } from './flavor-id';
import { type FlavorSelector, selects } from './flavor-selector';
import { requireOffered } from './offered-service-types';
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

export interface RegisterOutcome {
  readonly registered: Registration[];
  readonly alreadyRegistered: Registration[];
}

/** Flavors by their ids, and where those stand; or all that are such. */
export type WantedFlavors =
  { readonly flavorIds: readonly FlavorId[]; readonly named: NamedIn } | { readonly selector: FlavorSelector };

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
  request: { serviceTypes: readonly ServiceType[]; flavors: WantedFlavors; isPreview: boolean },
): Promise<RegisterOutcome> {
  const caller = requireAdmin(call.caller, ports.roles);
  const serviceTypes = [...new Set(request.serviceTypes)];
  const flavors = await findWanted(ports, call, serviceTypes, request.flavors);
  return ports.store.register(serviceTypes, flavors, provenanceOf(call, caller, ports.clock), {
    isPreview: request.isPreview,
  });
}

async function findWanted(
  { flavors, catalog, serviceTypes: offered }: RegisterPorts,
  call: CallContext,
  serviceTypes: readonly ServiceType[],
  wanted: WantedFlavors,
): Promise<Flavor[]> {
  if ('selector' in wanted) {
    requireOffered(serviceTypes, offered);
    const selected = await select(catalog, call, wanted.selector);
    readLists(
      serviceTypes,
      selected.map(({ id }) => id),
      'in a body',
    );
    return selected;
  }
  const { flavorIds } = readLists(serviceTypes, wanted.flavorIds, wanted.named);
  requireOffered(serviceTypes, offered);
  return findFlavors(flavors, flavorIds, call, wanted.named);
}

/** Without those whose ids no later request could name. */
async function select(catalog: FlavorCatalog, call: CallContext, selector: FlavorSelector): Promise<Flavor[]> {
  const all = await catalog.list({ globalRequestId: call.globalRequestId, signal: call.signal });
  const selected = all.filter((flavor) => selects(selector, flavor) && FLAVOR_ID_PATTERN.test(flavor.id));
  if (selected.length > 0) return selected;
  throw new RegisteredFlavorsError('invalid input', {
    code: 'registered-flavors.selector.no_match',
    detail: `None of the ${all.length} flavors that Nova has is as the selector wants them. Nothing was registered.`,
  });
}
