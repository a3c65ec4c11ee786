import type { NextFunction, Request, Response } from 'express';
import { isSurplus } from './connection-limit';
import { HttpFault } from './http-fault';

/** A place is free again as soon as one request has been answered. */
const RETRY_AFTER_SECONDS = 1;
/** Who watches over this service asks here: to be busy is no reason to be taken out of service. */
const NEVER_REFUSED: ReadonlySet<string> = new Set(['/healthcheck', '/readiness']);

/**
 * Lets in as many requests as may be served at once, and refuses the others while that costs nothing yet. A request has
 * its place until its answer is out, or its client gone.
 */
export function admission(maxConcurrentRequests: number) {
  let served = 0;
  return (request: Request, response: Response, next: NextFunction): void => {
    if (NEVER_REFUSED.has(request.path)) {
      next();
    } else if (served >= maxConcurrentRequests || isSurplus(request.socket)) {
      next(overloaded());
    } else if (!response.closed) {
      served += 1;
      // Ahead of the others who wait for this: the next request of the connection is one of them, and comes here at once.
      response.prependOnceListener('close', () => {
        served -= 1;
      });
      next();
    }
  };
}

/** What is said to those for whom there is no place. */
export function overloaded(): HttpFault {
  return new HttpFault(
    'overloaded',
    {
      code: 'registered-flavors.service.overloaded',
      detail: 'This service has as many requests as it takes at once. Nothing was done; try again in a moment.',
    },
    { headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) } },
  );
}
