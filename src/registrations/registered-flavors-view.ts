import type { Flavor } from './flavor';
import type { FlavorAnswer } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import type { Viewer } from './policy';
import { filterKey, isWanted, type ReadFilter } from './read-filter';
import { inByteOrder, type RegisteredFlavor } from './registration';
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

/** When something was known, of the two things that a view is made of. */
export interface AsOf {
  /** `RegistrationStore.revision` */
  readonly registry: number;
  /** `FlavorDirectory.revision` */
  readonly details: number;
  /** From when until when; milliseconds since 1970-01-01T00:00:00Z. A clock that is set back may lead before it. */
  readonly goodFrom: number;
  readonly goodUntil: number;
}

/**
 * What one viewer sees of some service types. One and the same object as long as nothing of it has changed, so that
 * whatever is made of it (its bytes, its ETag) can be kept beside it.
 */
export interface RegisteredFlavorsView {
  /** Whose eyes and which types: no two callers share it unless they see the same. */
  readonly key: string;
  /** Sorted by id in byte order. */
  readonly flavors: readonly HydratedFlavor[];
  /** What it is made of. */
  readonly registered: readonly RegisteredFlavor[];
  /** One for each of the registered. */
  readonly answers: readonly FlavorAnswer[];
  /** It holds without another look while these are so. Renewed when another look has found nothing new. */
  asOf: AsOf;
}

/** Where views are kept. They may be lost at any time. */
export interface ViewMemory {
  recall(key: string): RegisteredFlavorsView | undefined;
  remember(view: RegisteredFlavorsView): void;
}

/** The key of a view. Types and projects hold no space, types no comma, so that it reads in one way only. */
export function viewKey(viewer: Viewer, serviceTypes: readonly ServiceType[], filter: ReadFilter): string {
  const types = serviceTypes.toSorted(inByteOrder).join(',');
  const eyes = viewer.is === 'admin' ? 'admin' : `project ${viewer.projectId}`;
  return `${types} ${eyes} ${filterKey(filter)}`;
}

/** Joins what is registered with what Nova says of it, and leaves out what the viewer may not see or does not want. Pure. */
export function createView(
  key: string,
  viewer: Viewer,
  filter: ReadFilter,
  registered: readonly RegisteredFlavor[],
  answers: readonly FlavorAnswer[],
  asOf: AsOf,
): RegisteredFlavorsView {
  const flavors = registered.flatMap(({ flavorId, serviceTypes }, index): HydratedFlavor[] => {
    const answer = answers[index];
    if (answer === undefined || !isVisible(answer, viewer)) return [];
    if (!isWanted(filter, answer.status === 'found' ? answer.flavor : null)) return [];
    return answer.status === 'found'
      ? [{ flavorId, serviceTypes, status: 'available', flavor: answer.flavor }]
      : [{ flavorId, serviceTypes, status: 'missing', flavor: null }];
  });
  return { key, flavors, registered, answers, asOf };
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
  return a.flavorId === b?.flavorId && a.serviceTypes.join() === b.serviceTypes.join();
}
