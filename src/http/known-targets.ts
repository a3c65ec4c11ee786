import type { RequestHandler } from 'express';
import { LRUCache } from 'lru-cache';
import { contextOf } from './request-context';
import type { Target } from './target';

/** How many targets are known at once, and how long one may be. What is read of it takes some times as much. */
const MOST_TARGETS = 1_000;
const LONGEST_TARGET = 300;

interface KnownTarget {
  readonly target: Target;
  readonly handler: RequestHandler;
  /** Whether a token is needed. */
  readonly isLocked: boolean;
}

/**
 * The targets of GET that the contract's validator has let through. What it says depends on the target and on whether there
 * is a token, and on nothing else of a request without a body (a test holds this against the contract), so that it is not
 * asked for the same one again.
 */
export class KnownTargets {
  readonly #known = new LRUCache<string, KnownTarget>({ max: MOST_TARGETS });

  /** Notes what the validator let through to a handler, unless anybody at all may make up more of its kind. */
  add(url: string, known: KnownTarget): void {
    const isOneOfFew = known.isLocked || Object.keys(known.target.params).length === 0;
    if (isOneOfFew && url.length <= LONGEST_TARGET) this.#known.set(url, known);
  }

  /**
   * Takes requests for known targets straight to their handlers; all others go on to the validator.
   * @param admit throws, or resolves once the caller is known; undefined when that was so at once
   */
  serve(admit: (request: Parameters<RequestHandler>[0]) => Promise<void> | undefined): RequestHandler {
    return (request, response, next) => {
      const known = request.method === 'GET' ? this.#known.get(request.url) : undefined;
      if (known === undefined || (known.isLocked && !request.headers['x-auth-token'])) {
        next();
        return undefined;
      }
      const { target, handler, isLocked } = known;
      contextOf(request).target = target;
      const admitted = isLocked ? admit(request) : undefined;
      if (admitted === undefined) return handler(request, response, next);
      return admitted.then(() => handler(request, response, next));
    };
  }
}
