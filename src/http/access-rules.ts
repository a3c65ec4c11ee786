import type { AccessRule } from '../registrations/caller';
import { SERVICE_TYPE } from './api-version';

/** A step of a path pattern: this character, one that is no slash, any number of those, or any number of any. */
type Step = { readonly literal: string } | 'not a slash' | 'many but slashes' | 'many';

/** Steps times characters that one request may cost: some tens of milliseconds. Callers write the rules. */
const MOST_WORK = 20_000_000;

/**
 * Whether one of an application credential's access rules is about this request. keystonemiddleware's rule
 * (auth_token, validate_allowed_request): method, service type and path must match. Here a path without a wildcard
 * means just that path: characters such as "." have no meaning of their own. Rules that would take too long to compare
 * allow nothing.
 * @param path as it was sent, still percent-encoded
 */
export function isAllowedBy(rules: readonly AccessRule[], method: string, path: string): boolean {
  let work = 0;
  return rules.some((rule) => {
    if (rule.service !== SERVICE_TYPE || rule.method !== method) return false;
    if (!path.startsWith(/^[^*{]*/.exec(rule.path)?.[0] ?? '')) return false;
    const steps = stepsOf(rule.path);
    work += steps.length * path.length;
    return work <= MOST_WORK && matches(steps, path);
  });
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
function matches(steps: readonly Step[], path: string): boolean {
  let reached = new Uint8Array(steps.length + 1);
  let next = new Uint8Array(steps.length + 1);
  reached[0] = 1;
  passEmptySteps(reached, steps);
  for (let index = 0; index < path.length; index += 1) {
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
