import { RegisteredFlavorsError } from '../errors';
import type { Flavor } from './flavor';
import type { FlavorId } from './flavor-id';
import { type FlavorSelector, selects } from './flavor-selector';
import { inByteOrder } from './registration';
import { readLists } from './request-lists';
import type { ServiceType } from './service-type';

/**
 * What has become of a registered flavor. `available`: Nova has it. `missing`: Nova no longer has it. `changed`: Nova has
 * a flavor of another size under this id than the one that was accepted at registration.
 */
export const FLAVOR_STATUSES = ['available', 'missing', 'changed'] as const;
export type FlavorStatus = (typeof FLAVOR_STATUSES)[number];

/** How many flavors one page may hold, and holds unless less is asked for. */
export const MAX_PAGE = 1000;

/** One part of a list. */
export interface Page {
  /** How many flavors at most. */
  readonly limit: number;
  /** The page begins with the next greater id in byte order, whether this one stands or not; at the start without. */
  readonly marker: FlavorId | undefined;
}

/** What a reader asks for. */
export interface ReadRequest {
  /** Registered for any of them; all, when undefined. */
  readonly serviceTypes: readonly ServiceType[] | undefined;
  /** Only these; all, when undefined. */
  readonly flavorIds: readonly FlavorId[] | undefined;
  /** And of these only those that are here, too: where one list stands in the path and one in the query. */
  readonly onlyFlavorIds?: readonly FlavorId[] | undefined;
  /** Only those that it selects; what Nova has lost has nothing to select it by. */
  readonly selector: FlavorSelector | undefined;
  /** Only those of which one of these holds; all, when undefined. */
  readonly statuses: readonly FlavorStatus[] | undefined;
  /** With what Nova says of each; the registry alone, when false. */
  readonly hydrate: boolean;
  /** Read as this project sees it. */
  readonly asProject: string | undefined;
  /** Undefined for all in one answer. */
  readonly page: Page | undefined;
}

/**
 * A request as it is written in one way only: lists sorted by byte order, each item once.
 * @throws RegisteredFlavorsError `invalid input` beyond a limit, or when it wants something of Nova without Nova
 */
export function normalized(request: ReadRequest): ReadRequest {
  const { selector, statuses, hydrate } = request;
  if (!hydrate && (selector !== undefined || statuses !== undefined)) throw needsNova(request);
  const { serviceTypes, flavorIds } = readLists(request.serviceTypes ?? [], request.flavorIds);
  return {
    serviceTypes: request.serviceTypes && serviceTypes.toSorted(inByteOrder),
    flavorIds: request.flavorIds && narrowed(flavorIds, request.onlyFlavorIds).sort(inByteOrder),
    selector: selector && { ...selector, extraSpecs: [...new Set(selector.extraSpecs)].sort(inByteOrder) },
    statuses: statuses && FLAVOR_STATUSES.filter((status) => statuses.includes(status)),
    hydrate,
    asProject: request.asProject,
    page: request.page,
  };
}

function narrowed(flavorIds: readonly FlavorId[], only: readonly FlavorId[] | undefined): FlavorId[] {
  if (only === undefined) return [...flavorIds];
  const wanted = new Set(readLists([], only).flavorIds);
  return flavorIds.filter((flavorId) => wanted.has(flavorId));
}

/** Whether a flavor of a read is wanted, by what Nova says of it; null when Nova has lost it. */
export function isWanted({ selector, statuses }: ReadRequest, status: FlavorStatus, flavor: Flavor | null): boolean {
  if (statuses !== undefined && !statuses.includes(status)) return false;
  return selector === undefined || (flavor !== null && selects(selector, flavor));
}

/** A text that is the same for normalized requests that want the same, whoever asks. */
export function requestKey(request: ReadRequest): string {
  const { serviceTypes, flavorIds, selector, statuses, hydrate, page } = request;
  const types = serviceTypes?.join(',') ?? '*'; // types hold neither a comma nor a space nor a star
  if (hydrate && !flavorIds && !selector && !statuses && !page) return types; // as most of them are
  const flavor = selector && [...SELECTOR_FIELDS.map((field) => selector[field] ?? null), ...selector.extraSpecs];
  // A page names its project in its links; other answers are the same to whoever sees the same.
  const part = page && [page.limit, page.marker, request.asProject];
  const rest = [flavorIds, flavor, statuses, hydrate, part].map((each) => each ?? null);
  return `${types} ${JSON.stringify(rest)}`;
}

const written = new WeakMap<ReadRequest, { request: ReadRequest; key: string }>();

/**
 * A request as {@link normalized}, with its {@link requestKey}. The same object is gone through once.
 * @throws RegisteredFlavorsError as {@link normalized}
 */
export function inOneWay(asked: ReadRequest): { readonly request: ReadRequest; readonly key: string } {
  const known = written.get(asked);
  if (known !== undefined) return known;
  const request = normalized(asked);
  const made = { request, key: requestKey(request) };
  written.set(asked, made);
  return made;
}

const SELECTOR_FIELDS = ['name', 'minVcpus', 'minRam', 'minDisk', 'isPublic'] as const;

/** As callers write them. */
const PARAMETERS: Readonly<Record<(typeof SELECTOR_FIELDS)[number], string>> = {
  name: 'name',
  minVcpus: 'min_vcpus',
  minRam: 'min_ram',
  minDisk: 'min_disk',
  isPublic: 'is_public',
};

function needsNova({ selector, statuses }: ReadRequest): RegisteredFlavorsError {
  const named = [
    ...SELECTOR_FIELDS.filter((field) => selector?.[field] !== undefined).map((field) => PARAMETERS[field]),
    ...((selector?.extraSpecs.length ?? 0) > 0 ? ['extra_spec'] : []),
    ...(statuses === undefined ? [] : ['status']),
  ];
  return new RegisteredFlavorsError('invalid input', {
    code: 'registered-flavors.query.conflict',
    detail: `hydrate=false reads the registry alone. Leave it out, or leave out what only Nova knows: ${named.join(', ')}.`,
  });
}
