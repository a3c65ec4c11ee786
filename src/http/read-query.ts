import type { Request } from 'express';
import type { FlavorSelector } from '../registrations/flavor-selector';
import { FLAVOR_STATUSES, type ReadRequest } from '../registrations/read-request';
import { queryBoolean, queryList, queryNumber, queryText } from './request-values';

/** What the query of a read asks for; which service types and which page is the operation's to say. */
export function readQuery(request: Request): Omit<ReadRequest, 'serviceTypes' | 'page'> {
  const statuses = queryList(request, 'status');
  return {
    flavorIds: queryList(request, 'flavor_ids'),
    selector: readSelector(request),
    statuses: statuses && FLAVOR_STATUSES.filter((status) => statuses.includes(status)),
    hydrate: queryBoolean(request, 'hydrate') ?? true,
    asProject: queryText(request, 'project_id'),
  };
}

/**
 * The query that asks for the same, "?" first: what {@link readQuery} reads of it is the same request again. Commas
 * between the items of a list stay as they are; what is inside of an item is encoded.
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
  return query.length === 0 ? '' : `?${query.join('&')}`;
}

function one(name: string, value: string | number | boolean | undefined): string[] {
  return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
}

function list(name: string, values: readonly string[] | undefined): string[] {
  return values === undefined ? [] : [`${name}=${values.map((value) => encodeURIComponent(value)).join(',')}`];
}

/** The flavor selector of a query; undefined when it has none. */
function readSelector(request: Request): FlavorSelector | undefined {
  const selector = {
    name: queryText(request, 'name'),
    minVcpus: queryNumber(request, 'min_vcpus'),
    minRam: queryNumber(request, 'min_ram'),
    minDisk: queryNumber(request, 'min_disk'),
    isPublic: queryBoolean(request, 'is_public'),
  };
  const extraSpecs = queryList(request, 'extra_spec') ?? [];
  const isGiven = extraSpecs.length > 0 || Object.values(selector).some((value) => value !== undefined);
  return isGiven ? { ...selector, extraSpecs } : undefined;
}
