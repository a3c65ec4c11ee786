import type { Request } from 'express';
import { contextOf } from './request-context';

/**
 * What every operation that needs a token begins with, as the handler of the contract's security scheme: one step after
 * the other, each of which may throw. 404 and 405 come before it, what the contract says of parameters and body after it.
 */
export function admit(...steps: readonly ((request: Request) => Promise<void> | undefined)[]) {
  return async (request: Request): Promise<boolean> => {
    try {
      for (const step of steps) {
        const done = step(request);
        if (done !== undefined) await done; // each await costs a turn of the microtasks
      }
      return true;
    } catch (error) {
      contextOf(request).refusal = error;
      throw error;
    }
  };
}
