import { type AcceptedFlavor, type Flavor, sameAccepted, sameSize } from './flavor';
import type { FlavorAnswer } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import type { Viewer } from './policy';
import { type FlavorStatus, isWanted, type ReadRequest } from './read-request';
import type { RegisteredFlavor } from './registration';
import { MAX_PAIRS } from './request-lists';
import type { ServiceType } from './service-type';
import type { View } from './view';
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
export interface RegisteredFlavorsView extends View {
  readonly request: ReadRequest;
  /** Sorted by id in byte order. */
  readonly flavors: readonly ShownFlavor[];
  /** The marker of the next page; undefined when nothing more is to be seen. */
  readonly next: FlavorId | undefined;
  /** What it is made of. */
  readonly registered: readonly RegisteredFlavor[];
  /** One for each of the registered; none when Nova does not matter. */
  readonly answers: readonly FlavorAnswer[];
}

/** Whether all that is registered is shown, whatever Nova says of it. */
export function seesAll(viewer: Viewer, request: ReadRequest): boolean {
  return viewer.is === 'admin' && !request.hydrate;
}

/** What of the registered flavors is shown: what the viewer may see and what is wanted. Pure. */
export function show(
  viewer: Viewer,
  request: ReadRequest,
  registered: readonly RegisteredFlavor[],
  answers: readonly FlavorAnswer[],
): ShownFlavor[] {
  return registered.flatMap(({ flavorId, serviceTypes, accepted }, index): ShownFlavor[] => {
    const answer = answers[index];
    const isSeen = answer === undefined ? seesAll(viewer, request) : isVisible(answer, viewer);
    if (!isSeen) return [];
    if (answer === undefined || !request.hydrate) return [{ flavorId, serviceTypes, details: undefined }];
    const flavor = answer.status === 'found' ? answer.flavor : null;
    const status = flavor === null ? 'missing' : sameSize(flavor, accepted) ? 'available' : 'changed';
    if (!isWanted(request, status, flavor)) return [];
    const registeredAs = viewer.is === 'admin' && status !== 'available' ? accepted : undefined;
    return [{ flavorId, serviceTypes, details: { status, flavor, registeredAs } }];
  });
}

/**
 * How many of the shown flavors one page takes: up to its limit, and up to as many pairs as one request may name, but at
 * least one. Fewer than there are means that there is another page.
 */
export function pageLength(shown: readonly ShownFlavor[], limit: number): number {
  let pairs = 0;
  const end = shown.findIndex(({ serviceTypes }, index) => {
    pairs += serviceTypes.length;
    return index >= limit || (index > 0 && pairs > MAX_PAIRS);
  });
  return end === -1 ? shown.length : end;
}

/** Whether a view is made of just this. */
export function isMadeOf(
  view: RegisteredFlavorsView,
  registered: readonly RegisteredFlavor[],
  answers: readonly FlavorAnswer[],
): boolean {
  return (
    view.registered.length === registered.length &&
    view.answers.every((answer, index) => answer === answers[index]) &&
    view.registered.every((each, index) => isSameRegistered(each, registered[index]))
  );
}

function isSameRegistered(a: RegisteredFlavor, b: RegisteredFlavor | undefined): boolean {
  if (a === b) return true;
  if (a.flavorId !== b?.flavorId || a.serviceTypes.join() !== b.serviceTypes.join()) return false;
  return sameAccepted(a.accepted, b.accepted);
}
