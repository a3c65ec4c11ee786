import { RegisteredFlavorsError } from '../../errors';
import { UNREACHABLE_BY_PATH } from '../../openstack/look-up-planner';
import type { NovaClient } from '../../openstack/nova-client';
import { FLAVOR_ACCESS_POLICY, NO_ACCESS_LISTS } from '../../openstack/nova-policies';
import type { NovaCall } from '../../openstack/nova-session';
import { EXTRA_SPECS_POLICY } from '../../registrations/extra-specs';
import type { Flavor } from '../../registrations/flavor';
import type { Finding } from './finding';

/**
 * What Nova's policies withhold from the service's user, who is an admin to Nova. What this service cannot do without
 * has been refused before, with the name of the policy.
 * @param flavors all that Nova has
 * @throws RegisteredFlavorsError when Nova fails
 */
export async function lookAtNovaPolicies(
  nova: NovaClient,
  flavors: readonly Flavor[],
  call: NovaCall,
): Promise<Finding[]> {
  return [...(await accessLists(nova, flavors, call)), ...extraSpecs(flavors)];
}

/** Nova looks at the policy first, and then at the flavor: any id will do. */
async function accessLists(nova: NovaClient, flavors: readonly Flavor[], call: NovaCall): Promise<Finding[]> {
  const id = flavors.find((flavor) => !UNREACHABLE_BY_PATH.has(flavor.id))?.id ?? '1';
  try {
    await nova.getFlavorAccess(id, call);
    return [];
  } catch (error) {
    if (!(error instanceof RegisteredFlavorsError) || error.message !== NO_ACCESS_LISTS) throw error;
    const says = `${error.message} Private flavors are hidden from all who are not admins here.`;
    return [{ about: 'nova', severity: 'fail', says, advice: adviceFor(FLAVOR_ACCESS_POLICY, 'admin') }];
  }
}

function extraSpecs(flavors: readonly Flavor[]): Finding[] {
  if (flavors.every((flavor) => flavor.extraSpecs !== null)) return [];
  const says =
    `Nova does not tell the service's user the extra specs of flavors: its policy ${EXTRA_SPECS_POLICY} refuses the ` +
    "user's roles. They show as null, and selecting by them is refused (503).";
  return [{ about: 'nova', severity: 'warn', says, advice: adviceFor(EXTRA_SPECS_POLICY, 'admin, or reader') }];
}

function adviceFor(policy: string, byDefault: string): string {
  return `Let a role of the service's user through ${policy} in Nova's policy files (by default ${byDefault}), or give it one that passes.`;
}
