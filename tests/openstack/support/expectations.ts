import { inspect } from 'node:util';
import { RegisteredFlavorsError } from '../../../src/errors';
import type { StubCloud } from '../../../src/stub/stub-cloud';

/** How an awaited thing failed. Whatever is not foreseen, and a success, fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<RegisteredFlavorsError> {
  const outcome = await promise.then(
    (value) => new Error(`it succeeded: ${inspect(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof RegisteredFlavorsError) return outcome;
  throw outcome;
}

/** A failure in short: its kind, its codes and what a person reads. */
export async function outcomeOf(promise: Promise<unknown>): Promise<{ kind: string; code: string; detail: string }> {
  const { kind, problems, message } = await failureOf(promise);
  return { kind, code: problems.map(({ code }) => code).join(' '), detail: message };
}

/** Everything that could be printed of an error. */
export function everythingSaidBy(error: unknown): string {
  const seen: string[] = [];
  for (let link = error; link instanceof Error; link = link.cause) {
    seen.push(inspect(link, { depth: 10, showHidden: true }), JSON.stringify(link), String(link), link.stack ?? '');
  }
  return seen.join('\n');
}

/** Lets Nova describe one flavor, in lists and by itself, so that it makes no sense. */
export function breakDescription({ nova }: StubCloud, flavorId: string): void {
  nova.change(flavorId, { ram: 'plenty' as unknown as number });
}

/** How often Keystone was asked to log somebody in. */
export function loginsAt({ keystone }: StubCloud): number {
  return keystone.requests.filter(({ method }) => method === 'POST').length;
}

/** How often Keystone was asked what a token is worth. */
export function validationsAt({ keystone }: StubCloud): number {
  return keystone.requests.filter(({ method }) => method === 'GET').length;
}

/** How often Nova was asked for flavors: neither discovery nor {@link probesAt} counts. */
export function flavorRequestsAt({ nova }: StubCloud): { gets: number; pages: number } {
  const targets = nova.requests.map(({ target }) => target).filter((target) => !PROBE.test(target));
  const pages = targets.filter((target) => target.includes('/flavors/detail?')).length;
  return { gets: targets.filter((target) => target.includes('/flavors/')).length - pages, pages };
}

/** The question whether Nova takes us for an admin, as it is sent. */
export const PROBE = /\/flavors\/detail\?limit=1&is_public=maybe$/;

/** How often Nova was asked whether it takes us for an admin. */
export function probesAt({ nova }: StubCloud): number {
  return nova.requests.filter(({ target }) => PROBE.test(target)).length;
}
