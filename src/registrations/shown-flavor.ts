import { type AcceptedFlavor, type Flavor, sameSize } from './flavor';
import type { FlavorAnswer } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import type { Viewer } from './policy';
import { type FlavorStatus, isWanted, type ReadRequest } from './read-request';
import type { ServiceType } from './service-type';
import { isVisible } from './visibility';

/** A registered flavor as a viewer sees it. */
export interface ShownFlavor {
  readonly flavorId: FlavorId;
  readonly serviceTypes: readonly ServiceType[];
  /** Undefined when only the registry was asked for. */
  readonly details: FlavorDetails | undefined;
}

/** What Nova says of a registered flavor. */
export interface FlavorDetails {
  readonly status: FlavorStatus;
  /** Null when Nova no longer has it. */
  readonly flavor: Flavor | null;
  /** For admins, when it is not what was accepted at registration. */
  readonly registeredAs: AcceptedFlavor | undefined;
}

/** What one viewer sees of the registered flavors that were asked for. */
export interface RegisteredFlavors {
  readonly request: ReadRequest;
  /** Sorted by id in byte order. */
  readonly flavors: readonly ShownFlavor[];
  /** The marker of the next page; undefined when nothing more is to be seen. */
  readonly next: FlavorId | undefined;
}

/** Whether all that is registered is shown, whatever Nova says of it. */
export function seesAll(viewer: Viewer, request: ReadRequest): boolean {
  return viewer.is === 'admin' && !request.hydrate;
}

/**
 * What is shown of a registered flavor, by Nova's answer; undefined when the viewer may not see it or does not want it.
 * Pure.
 */
export function see(
  viewer: Viewer,
  request: ReadRequest,
  accepted: AcceptedFlavor,
  answer: FlavorAnswer,
): Pick<ShownFlavor, 'details'> | undefined {
  if (!isVisible(answer, viewer)) return undefined;
  if (!request.hydrate) return { details: undefined };
  const flavor = answer.status === 'found' ? answer.flavor : null;
  const status = flavor === null ? 'missing' : sameSize(flavor, accepted) ? 'available' : 'changed';
  if (!isWanted(request, status, flavor)) return undefined;
  const registeredAs = viewer.is === 'admin' && status !== 'available' ? accepted : undefined;
  return { details: { status, flavor, registeredAs } };
}
