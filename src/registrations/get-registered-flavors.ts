import type { CallContext } from './caller';
import type { Flavor } from './flavor';
import { answerFor, type FlavorDirectory } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import { type RoleLists, requireReader, viewerFor } from './policy';
import type { RegistrationStore } from './registration-store';
import { readLists } from './request-lists';
import type { ServiceType } from './service-type';
import { isVisible } from './visibility';

/** A registered flavor with what Nova says of it. */
export interface HydratedFlavor {
  readonly flavorId: FlavorId;
  readonly serviceTypes: readonly ServiceType[];
  readonly status: 'available' | 'missing';
  /** Null when Nova no longer has it. */
  readonly flavor: Flavor | null;
}

/**
 * The flavors registered for any of the service types that the caller may see, each once, sorted by id in byte order.
 * A type with nothing registered contributes nothing.
 *
 * @param request.asProject read as this project sees it
 * @throws RegisteredFlavorsError `forbidden`; `invalid input` beyond a limit; and whatever the store and the directory
 * throw: never a partial list
 */
export async function getRegisteredFlavors(
  ports: { store: RegistrationStore; flavors: FlavorDirectory; roles: RoleLists },
  call: CallContext,
  request: { serviceTypes: readonly ServiceType[]; asProject: string | undefined },
): Promise<HydratedFlavor[]> {
  const viewer = viewerFor(requireReader(call.caller, ports.roles), request.asProject, ports.roles);
  const registered = await ports.store.findByServiceTypes(readLists(request.serviceTypes).serviceTypes);
  if (registered.length === 0) return [];
  const answers = await ports.flavors.lookUp(
    registered.map(({ flavorId }) => flavorId),
    {
      globalRequestId: call.globalRequestId,
      signal: call.signal,
      fresh: false,
      withAccess: viewer.is === 'project',
    },
  );
  return registered.flatMap(({ flavorId, serviceTypes }): HydratedFlavor[] => {
    const answer = answerFor(answers, flavorId);
    if (!isVisible(answer, viewer)) return [];
    return answer.status === 'found'
      ? [{ flavorId, serviceTypes, status: 'available', flavor: answer.flavor }]
      : [{ flavorId, serviceTypes, status: 'missing', flavor: null }];
  });
}
