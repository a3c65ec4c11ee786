import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import { type CallContext, provenanceOf } from './caller';
import type { Flavor } from './flavor';
import { answerFor, type FlavorDirectory } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import { nearestName } from './nearest-name';
import { type RoleLists, requireAdmin } from './policy';
import type { Registration } from './registration';
import type { RegistrationStore } from './registration-store';
import { readLists } from './request-lists';
import type { ClosedServiceTypes, ServiceType } from './service-type';

/**
 * Registers existing Nova flavors for each of the service types: all of them, or none.
 *
 * Nova is asked first and one transaction writes afterwards, so that nothing waits for Nova while the registry is
 * locked. A flavor deleted in between is registered and shows as `missing`.
 *
 * @throws RegisteredFlavorsError `forbidden`; `invalid input` beyond a limit, or for a type outside of a closed list;
 * `not found` with one problem for each flavor that Nova does not have; and whatever the directory and the store throw
 */
export async function registerFlavors(
  ports: {
    store: RegistrationStore;
    flavors: FlavorDirectory;
    roles: RoleLists;
    serviceTypes: ClosedServiceTypes;
    clock: Clock;
  },
  call: CallContext,
  request: { serviceTypes: readonly ServiceType[]; flavorIds: readonly FlavorId[]; isPreview: boolean },
): Promise<{ registered: Registration[]; alreadyRegistered: Registration[] }> {
  const caller = requireAdmin(call.caller, ports.roles);
  const { serviceTypes, flavorIds } = readLists(request.serviceTypes, request.flavorIds);
  requireOffered(serviceTypes, ports.serviceTypes);
  const flavors = await findAll(ports.flavors, flavorIds, call);
  return ports.store.register(serviceTypes, flavors, provenanceOf(call, caller, ports.clock), {
    isPreview: request.isPreview,
  });
}

function requireOffered(serviceTypes: readonly ServiceType[], offered: ClosedServiceTypes): void {
  if (offered === undefined) return;
  const others = serviceTypes.filter((serviceType) => !offered.includes(serviceType));
  if (others.length === 0) return;
  throw new RegisteredFlavorsError(
    'invalid input',
    others.map((serviceType) => {
      const meant = nearestName(serviceType, offered);
      const hint = meant === undefined ? `One of these: ${offered.join(', ')}.` : `Did you mean "${meant}"?`;
      return {
        code: 'registered-flavors.service_type.not_offered',
        detail: `"${serviceType}" is not among the service types that flavors are registered for here. ${hint}`,
      };
    }),
  );
}

async function findAll(
  directory: FlavorDirectory,
  flavorIds: readonly FlavorId[],
  call: CallContext,
): Promise<Flavor[]> {
  const { answers } = await directory.lookUp(flavorIds, {
    globalRequestId: call.globalRequestId,
    signal: call.signal,
    accept: 'the new',
    withAccess: false,
  });
  const found: Flavor[] = [];
  const unknown: FlavorId[] = [];
  for (const flavorId of flavorIds) {
    const answer = answerFor(answers, flavorId);
    if (answer.status === 'found') found.push(answer.flavor);
    else unknown.push(flavorId);
  }
  if (unknown.length > 0) throw unknownFlavors(unknown);
  return found;
}

function unknownFlavors(flavorIds: readonly FlavorId[]): RegisteredFlavorsError {
  return new RegisteredFlavorsError(
    'not found',
    flavorIds.map((flavorId) => ({
      code: 'registered-flavors.flavor.not_found',
      detail: `Nova has no flavor with the ID "${flavorId}". Nothing was registered.`,
    })),
  );
}
