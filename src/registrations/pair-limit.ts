import { type Problem, RegisteredFlavorsError } from '../errors';

/** How many pairs of service type and flavor one request may change; and name, where it names them one by one. */
export const MAX_PAIRS = 10_000;

/** What to do instead of too large a change. */
export const GO_ON_IN_STEPS =
  `Nothing was changed. Go on in steps of up to ${MAX_PAIRS} pairs: the document of PUT or PATCH may differ by so many ` +
  'from what stands, and POST and DELETE take so many.';

/** What is wrong when each of so many types with each of so many flavors are more than that; empty when they are not. */
export function tooManyPairs(types: number, ids: number): Problem[] {
  if (types * ids <= MAX_PAIRS) return [];
  return [
    pairProblem(
      `${types} service types and ${ids} flavor IDs are ${types * ids} pairs; one request takes up to ${MAX_PAIRS}.`,
    ),
  ];
}

/** @throws RegisteredFlavorsError `invalid input` when they are */
export function requireFewPairs(types: number, ids: number): void {
  const problems = tooManyPairs(types, ids);
  if (problems.length > 0) throw new RegisteredFlavorsError('invalid input', problems);
}

/** `invalid input`, in these words. */
export function tooMany(detail: string): RegisteredFlavorsError {
  return new RegisteredFlavorsError('invalid input', pairProblem(detail));
}

function pairProblem(detail: string): Problem {
  return { code: 'registered-flavors.pair.too_many', detail };
}
