/** A kind of service that flavors are registered for: `redis`, `mysql`, `vertica` ... */
export type ServiceType = string;

/** The contract's schema `ServiceType` holds the same pattern; a test compares them. */
export const SERVICE_TYPE_PATTERN = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** {@link SERVICE_TYPE_PATTERN} in words, for whoever sent something else. */
export const SERVICE_TYPE_RULE =
  'A service type is 1 to 64 lower-case letters, digits, ".", "_" and "-", and begins with a letter or a digit.';

/** A service type for which at least one flavor is registered. */
export interface ServiceTypeInUse {
  readonly serviceType: ServiceType;
  /** How many flavors are registered for it. */
  readonly flavorCount: number;
  /** When a flavor was last registered for it or deregistered from it: milliseconds since 1970-01-01T00:00:00Z. */
  readonly changedAt: number;
}

/**
 * The only service types for which flavors may be registered here; undefined where the operator has not named any, and
 * all may be.
 */
export type ClosedServiceTypes = readonly ServiceType[] | undefined;

/** How many different service types one request may name. */
export const MAX_SERVICE_TYPES = 100;
