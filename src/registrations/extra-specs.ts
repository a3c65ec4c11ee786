import { RegisteredFlavorsError } from '../errors';

/**
 * Nova's policy that decides who is told the extra specs of flavors (nova/policies/flavor_extra_specs.py). To a user that
 * it refuses, Nova answers 200 and leaves them out of each flavor.
 */
export const EXTRA_SPECS_POLICY = 'os_compute_api:os-flavor-extra-specs:index';

/** Flavors are to be selected by extra specs that Nova does not tell: "none" would be as wrong an answer as "all". */
export function extraSpecsWithheld(): RegisteredFlavorsError {
  return new RegisteredFlavorsError(
    'unavailable',
    {
      code: 'registered-flavors.nova.extra_specs_withheld',
      detail:
        `Nova does not tell this service's own user the extra specs of flavors, so nothing can be selected by them. Nova's ` +
        `policy ${EXTRA_SPECS_POLICY} has to allow a role of that user.`,
    },
    { retryAfterSeconds: 60 },
  );
}
