import type { Request } from 'express';
import type { FlavorSelector } from '../registrations/flavor-selector';
import { queryBoolean, queryList, queryNumber, queryText } from './request-values';

/** The flavor selector of a query; undefined when it has none. */
export function readSelector(request: Request): FlavorSelector | undefined {
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
