import type { CallContext } from './caller';
import type { Flavor } from './flavor';
import { answerFor, type FlavorDirectory } from './flavor-directory';
import type { FlavorId } from './flavor-id';

/**
 * These flavors as Nova has them now, and the ids that it does not have.
 * @throws whatever the directory throws
 */
export async function findFlavors(
  directory: FlavorDirectory,
  flavorIds: readonly FlavorId[],
  { globalRequestId, signal }: CallContext,
): Promise<{ found: Flavor[]; unknown: FlavorId[] }> {
  const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));
  const options = { globalRequestId, signal, nextTurn, accept: 'the new', withAccess: false } as const;
  const { answers } = await directory.lookUp(flavorIds, options);
  const found: Flavor[] = [];
  const unknown: FlavorId[] = [];
  for (const flavorId of flavorIds) {
    const answer = answerFor(answers, flavorId);
    if (answer.status === 'found') found.push(answer.flavor);
    else unknown.push(flavorId);
  }
  return { found, unknown };
}
