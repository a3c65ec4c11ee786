import { RegisteredFlavorsError } from '../errors';
import type { CallContext } from './caller';
import type { Flavor } from './flavor';
import { answerFor, type FlavorDirectory } from './flavor-directory';
import type { FlavorId } from './flavor-id';

/** Where flavors are named. What is part of a URL is missing there; what is part of a body makes that one wrong. */
export type NamedIn = 'in the URL' | 'in a body';

/**
 * All of these flavors, as Nova has them now.
 * @throws RegisteredFlavorsError `not found`, or `invalid input` for those named in a body, with one problem for each
 * flavor that Nova does not have; and whatever the directory throws
 */
export async function findFlavors(
  directory: FlavorDirectory,
  flavorIds: readonly FlavorId[],
  call: CallContext,
  named: NamedIn,
): Promise<Flavor[]> {
  const { answers } = await directory.lookUp(flavorIds, {
    globalRequestId: call.globalRequestId,
    signal: call.signal,
    accept: 'the new',
    withAccess: false,
  });
  const found: Flavor[] = [];
  const unknown: FlavorId[] = [];
  for (const flavorId of flavorIds) {
    const answer = answerFor(answers, flavorId);
    if (answer.status === 'found') found.push(answer.flavor);
    else unknown.push(flavorId);
  }
  if (unknown.length > 0) throw unknownFlavors(unknown, named);
  return found;
}

function unknownFlavors(flavorIds: readonly FlavorId[], named: NamedIn): RegisteredFlavorsError {
  const isInUrl = named === 'in the URL';
  const code = isInUrl ? 'registered-flavors.flavor.not_found' : 'registered-flavors.flavor.unknown';
  return new RegisteredFlavorsError(
    isInUrl ? 'not found' : 'invalid input',
    flavorIds.map((flavorId) => ({
      code,
      detail: `Nova has no flavor with the ID "${flavorId}". Nothing was registered.`,
    })),
  );
}
