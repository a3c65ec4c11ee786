import type { FlavorSelector } from '../registrations/flavor-selector';
import { FLAVOR_STATUSES, type ReadRequest } from '../registrations/read-request';
import { joined, list, one } from './query-text';
import { queryBoolean, queryList, queryNumber, queryText } from './request-values';
import type { Query } from './target';

/** What a read asks for in its query, beside what its path names and the page it is to be. */
export function readQuery(
  query: Query,
  rest: Pick<ReadRequest, 'serviceTypes' | 'page'> & Partial<Pick<ReadRequest, 'flavorIds'>>,
): ReadRequest {
  const asked = queryList(query, 'flavor_ids');
  return {
    serviceTypes: rest.serviceTypes,
    flavorIds: rest.flavorIds ?? asked,
    onlyFlavorIds: rest.flavorIds && asked,
    selector: readSelector(query),
    statuses: queryList(query, 'status')?.flatMap((name) => FLAVOR_STATUSES.filter((status) => status === name)),
    hydrate: queryBoolean(query, 'hydrate') ?? true,
    asProject: queryText(query, 'project_id'),
    page: rest.page,
  };
}

/**
 * The query that asks for the same, "?" first: what {@link readQuery} reads of it is the same request again.
 */
export function writeQuery({ flavorIds, selector, statuses, hydrate, asProject, page }: ReadRequest): string {
  const query = [
    ...list('flavor_ids', flavorIds),
    ...one('name', selector?.name),
    ...(selector?.extraSpecs ?? []).flatMap((spec) => one('extra_spec', spec)),
    ...one('min_vcpus', selector?.minVcpus),
    ...one('min_ram', selector?.minRam),
    ...one('min_disk', selector?.minDisk),
    ...one('is_public', selector?.isPublic),
    ...list('status', statuses),
    ...one('hydrate', hydrate ? undefined : false),
    ...one('project_id', asProject),
    ...one('limit', page?.limit),
    ...one('marker', page?.marker),
  ];
  return joined(query);
}

/** The flavor selector of a query; undefined when it has none. */
function readSelector(query: Query): FlavorSelector | undefined {
  const selector = {
    name: queryText(query, 'name'),
    minVcpus: queryNumber(query, 'min_vcpus'),
    minRam: queryNumber(query, 'min_ram'),
    minDisk: queryNumber(query, 'min_disk'),
    isPublic: queryBoolean(query, 'is_public'),
  };
  const extraSpecs = queryList(query, 'extra_spec') ?? [];
  const isGiven = extraSpecs.length > 0 || Object.values(selector).some((value) => value !== undefined);
  return isGiven ? { ...selector, extraSpecs } : undefined;
}
