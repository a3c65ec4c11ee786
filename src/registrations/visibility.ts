import type { FlavorAnswer } from './flavor-directory';

/**
 * Whether a reader may see a registered flavor. Admins see everything, also what Nova has lost; others see what is
 * public and not disabled. (Nova hides disabled flavors from a member's list, too.)
 */
export function isVisible(answer: FlavorAnswer, toAdmin: boolean): boolean {
  if (toAdmin) return true;
  return answer.status === 'found' && answer.flavor.isPublic && answer.flavor.isDisabled !== true;
}
