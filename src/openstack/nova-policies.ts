/**
 * Nova's policies about what this service reads of it (nova/policies/base.py, flavor_access.py; that of the extra specs
 * stands in `registrations/extra-specs.ts`). There is none for listing or showing flavors: only {@link ADMIN_POLICY}
 * decides which ones are seen.
 */

/** Who is an admin, and so sees private and disabled flavors; `role:admin` by default. */
export const ADMIN_POLICY = 'context_is_admin';

/** Who may list the projects of a private flavor; before Ussuri also who is told whether a flavor is public. */
export const FLAVOR_ACCESS_POLICY = 'os_compute_api:os-flavor-access';

/** Nova's 403 to the access list of a flavor. */
export const NO_ACCESS_LISTS =
  "Nova does not tell this service's own user who may use a private flavor (403): its policy " +
  `${FLAVOR_ACCESS_POLICY} refuses the user's roles.`;

/** Nova's 401 to a token that Keystone has just given us. Access rules are its reason when others' tokens are good. */
export const TOKEN_REFUSED =
  "Nova refuses this service's own token, also a new one (401). If it logs in with an application credential that has " +
  'access rules, they have to allow GET of /v2.1/flavors/detail, /v2.1/flavors/{flavor_id} and below.';

/** What is wrong with a flavor of Nova's, by the names of its fields; where a policy may be the reason, which one. */
export function describeWrongFields(names: string): string {
  const says = `Nova sent a flavor whose ${names} is missing or wrong.`;
  if (!names.includes('os-flavor-access:is_public')) return says;
  return `${says} A Nova before Ussuri leaves is_public out where its policy ${FLAVOR_ACCESS_POLICY} refuses this service's own user.`;
}
