import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import { type CallContext, provenanceOf } from './caller';
import { enumerated } from './enumerated';
import type { FlavorId } from './flavor-id';
import { type RoleLists, requireAdmin } from './policy';
import type { Registration } from './registration';
import type { RegistrationStore } from './registration-store';
import { readLists } from './request-lists';
import type { ServiceType } from './service-type';

/**
 * Deregisters the flavors from each of the service types. Never asks Nova: works while Nova is down, and for flavors
 * that Nova has lost.
 *
 * @throws RegisteredFlavorsError `forbidden`; `invalid input` beyond a limit; `not found` when none of the pairs was
 * registered; and whatever the store throws
 */
export async function deregisterFlavors(
  ports: { store: RegistrationStore; roles: RoleLists; clock: Clock },
  call: CallContext,
  request: { serviceTypes: readonly ServiceType[]; flavorIds: readonly FlavorId[]; isPreview: boolean },
): Promise<{ deregistered: Registration[]; notRegistered: Registration[] }> {
  const caller = requireAdmin(call.caller, ports.roles);
  const { serviceTypes, flavorIds } = readLists(request.serviceTypes, request.flavorIds);
  const outcome = await ports.store.deregister(serviceTypes, flavorIds, provenanceOf(call, caller, ports.clock), {
    isPreview: request.isPreview,
    signal: call.signal,
  });
  if (outcome.deregistered.length === 0) throw nothingRegistered(outcome.notRegistered);
  return outcome;
}

function nothingRegistered(pairs: readonly Registration[]): RegisteredFlavorsError {
  const which = enumerated(pairs.map(({ serviceType, flavorId }) => `"${flavorId}" for ${serviceType}`));
  return new RegisteredFlavorsError('not found', {
    code: 'registered-flavors.registration.not_found',
    detail: `None of the ${pairs.length} pairs is registered: ${which}. Nothing was changed.`,
  });
}
