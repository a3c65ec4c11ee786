import { createHash } from 'node:crypto';
import type { FlavorId } from '../../registrations/flavor-id';
import type { Snapshot } from '../../registrations/registration-store';
import type { ServiceType } from '../../registrations/service-type';

/** A snapshot of what was read: the service types in byte order, each with its ids, in byte order, as a JSON array. */
export function snapshotOf(rows: readonly { serviceType: ServiceType; flavorIds: string }[]): Snapshot {
  const hash = createHash('sha256');
  for (const { serviceType, flavorIds } of rows) hash.update(`${serviceType} ${flavorIds}\n`);
  return {
    registrations: new Map(rows.map((row) => [row.serviceType, JSON.parse(row.flavorIds) as FlavorId[]])),
    digest: hash.digest('base64url'),
  };
}
