import type { AccessRule } from '../registrations/caller';
import type { NextTurn } from '../registrations/in-turns';
import { SERVICE_TYPE } from './api-version';

/** A step of a path pattern: this character, one that is no slash, any number of those, or any number of any. */
type Step = { readonly literal: string } | 'not a slash' | 'many but slashes' | 'many';

/** Steps times characters that one request may cost, in turns. Callers write the rules. */
const MAX_WORK = 20_000_000;
/** Steps times characters between two turns: some milliseconds. */
const WORK_PER_PIECE = 200_000;

/**
 * Whether one of an application credential's access rules is about this request. keystonemiddleware's rule
 * (auth_token, validate_allowed_request): method, service type and path must match. Here a path without a wildcard
 * means just that path: characters such as "." have no meaning of their own. Rules that would take too long to compare
 * allow nothing.
 * @param path as it was sent, still percent-encoded
 */
export async function isAllowedBy(
  rules: readonly AccessRule[],
  { method, path }: { readonly method: string; readonly path: string },
  nextTurn: NextTurn,
): Promise<boolean> {
  let work = 0;
  for (const rule of rules) {
    if (rule.service !== SERVICE_TYPE || rule.method !== method) continue;
    const [prefix = ''] = /^[^*{]*/.exec(rule.path) ?? [];
    if (!path.startsWith(prefix)) continue;
    const steps = stepsOf(rule.path.slice(prefix.length));
    work += (1 + steps.length) * (path.length - prefix.length);
    if (work > MAX_WORK) return false;
    if (await matches(steps, path.slice(prefix.length), nextTurn)) return true;
  }
  return false;
}

function stepsOf(pattern: string): Step[] {
  return [...pattern.matchAll(/\{[^}]*\}|\*\*|\*|[^]/g)].flatMap(([token]): Step[] => {
    if (token === '**') return ['many'];
    return token === '*' || token.length > 1 ? ['not a slash', 'many but slashes'] : [{ literal: token }];
  });
}

/**
 * Follows all ways through the pattern at once, one row of reached steps for each character: a regular expression made
 * of a caller's pattern could be made to take for ever.
 */
async function matches(steps: readonly Step[], path: string, nextTurn: NextTurn): Promise<boolean> {
  let reached = new Uint8Array(steps.length + 1);
  let next = new Uint8Array(steps.length + 1);
  reached[0] = 1;
  passEmptySteps(reached, steps);
  const charactersPerPiece = Math.ceil(WORK_PER_PIECE / (1 + steps.length));
  for (let index = 0; index < path.length; index += 1) {
    if (index % charactersPerPiece === 0) await nextTurn();
    next.fill(0);
    for (const [at, step] of steps.entries()) {
      if (reached[at] === 1) follow(step, path.charAt(index), at, next);
    }
    passEmptySteps(next, steps);
    [reached, next] = [next, reached];
  }
  return reached[steps.length] === 1;
}

function follow(step: Step, character: string, at: number, next: Uint8Array): void {
  if (step === 'many' || (step === 'many but slashes' && character !== '/')) next[at] = 1;
  else if (step === 'not a slash' ? character !== '/' : typeof step === 'object' && step.literal === character) {
    next[at + 1] = 1;
  }
}

/** A step that may stand for nothing is also passed at once. */
function passEmptySteps(reached: Uint8Array, steps: readonly Step[]): void {
  for (const [at, step] of steps.entries()) {
    if (reached[at] === 1 && (step === 'many' || step === 'many but slashes')) reached[at + 1] = 1;
  }
}
