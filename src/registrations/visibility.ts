import type { AccessAnswer, FlavorAnswer } from './flavor-directory';
import type { Viewer } from './policy';

/**
 * Whether a registered flavor is seen. Exactly Nova's own rule for its list (nova/api/openstack/compute/flavors.py):
 * an admin sees everything; anybody else what is not disabled, and public or open to the viewer's project. What Nova
 * has lost is for admins only.
 * @param access who may use the flavor, when it is private; undefined when that could not be learned: then it is hidden
 */
export function isVisible(answer: FlavorAnswer, viewer: Viewer, access: AccessAnswer | undefined): boolean {
  if (viewer.is === 'admin') return true;
  if (answer.status === 'missing' || answer.flavor.isDisabled === true) return false;
  return answer.flavor.isPublic || access?.projectIds.has(viewer.projectId) === true;
}

/** Whether the viewer's eyes alone do not decide: the flavor's access list does. */
export function dependsOnAccess(answer: FlavorAnswer, viewer: Viewer): boolean {
  return (
    viewer.is === 'project' && answer.status === 'found' && !answer.flavor.isPublic && answer.flavor.isDisabled !== true
  );
}
