import type { Flavor } from './flavor';
import type { FlavorAnswer } from './flavor-directory';
import type { Viewer } from './policy';

/** Whether its access list decides who sees it: who sees a public or a disabled one is clear without. */
export function isByAccessList(flavor: Flavor): boolean {
  return !flavor.isPublic && flavor.isDisabled !== true;
}

/**
 * Whether a registered flavor is seen. Exactly Nova's own rule for its list (nova/api/openstack/compute/flavors.py):
 * an admin sees everything; anybody else what is not disabled, and public or open to the viewer's project. What Nova
 * has lost is for admins only; a private flavor whose access list could not be learned is hidden.
 */
export function isVisible(answer: FlavorAnswer, viewer: Viewer): boolean {
  if (viewer.is === 'admin') return true;
  if (answer.status === 'missing' || answer.flavor.isDisabled === true) return false;
  return answer.flavor.isPublic || answer.access?.has(viewer.projectId) === true;
}
