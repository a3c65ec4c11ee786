import type { Catalog } from './keystone-token';
import type { UpstreamErrors } from './upstream-errors';

/** Which Nova this instance serves. One instance serves one region. */
export interface ComputeEndpointChoice {
  readonly region: string | undefined;
  readonly interface: 'public' | 'internal' | 'admin';
  /** Taken instead of the catalog's, when given. */
  readonly override: string | undefined;
}

/**
 * Finds Nova's URL in the service's own catalog.
 * @throws RegisteredFlavorsError `unavailable`, saying what the catalog lacks and which setting chooses
 */
export function findComputeEndpoint(catalog: Catalog, choice: ComputeEndpointChoice, errors: UpstreamErrors): string {
  if (choice.override !== undefined) return choice.override;
  const endpoints = catalog.filter(({ type }) => type === 'compute').flatMap((entry) => entry.endpoints);
  if (endpoints.length === 0) {
    throw errors.unavailable("Keystone's catalog has no endpoint of the type compute for this service's own user.");
  }
  const onInterface = endpoints.filter((endpoint) => endpoint.interface === choice.interface);
  const inRegion = onInterface.filter(
    (endpoint) => choice.region === undefined || regionOf(endpoint) === choice.region,
  );
  const [first, ...others] = inRegion;
  if (first === undefined) {
    throw errors.unavailable(
      `Keystone's catalog has no ${choice.interface} compute endpoint in region ${choice.region ?? '(any)'}. ` +
        `It has: ${list(endpoints.map((endpoint) => `${endpoint.interface} in ${regionOf(endpoint)}`))}. ` +
        'OS_REGION_NAME and OS_INTERFACE choose.',
    );
  }
  if (others.some((endpoint) => regionOf(endpoint) !== regionOf(first))) {
    throw errors.unavailable(
      `Keystone's catalog has compute in several regions: ${list(inRegion.map(regionOf))}. Set OS_REGION_NAME.`,
    );
  }
  return first.url;
}

function regionOf(endpoint: Catalog[number]['endpoints'][number]): string {
  return endpoint.region_id ?? endpoint.region ?? '(none)';
}

function list(names: readonly string[]): string {
  return [...new Set(names)].sort().join(', ');
}
