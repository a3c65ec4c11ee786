import type { Request } from 'express';

/** Throws, or resolves, when the request may go on; undefined when it may at once: each await costs a turn of the microtasks. */
export type AdmitStep = (request: Request) => Promise<void> | undefined;

/**
 * What every operation that needs a token begins with, one step after the other, each of which may throw. 404 and 405 come
 * before it, what the contract says of parameters and body after it.
 */
export function admit(...steps: readonly AdmitStep[]): AdmitStep {
  return (request) => {
    for (const [index, step] of steps.entries()) {
      const done = step(request);
      if (done !== undefined) return goOn(done, request, steps.slice(index + 1));
    }
    return undefined;
  };
}

async function goOn(done: Promise<void>, request: Request, rest: readonly AdmitStep[]): Promise<void> {
  await done;
  for (const step of rest) await step(request);
}
