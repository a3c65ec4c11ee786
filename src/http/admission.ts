import type { NextFunction, Request, Response } from 'express';
import { isSurplus } from './connection-limit';
import { HttpFault } from './http-fault';
import { contextOf } from './request-context';

/** Of the requests that are served at once, the part that may be of one caller, or of one address without a known one. */
const MAX_PART_OF_A_CALLER = 1 / 2;
/** A place is free again as soon as one request has been answered. */
const RETRY_AFTER_SECONDS = 1;
/** Who watches over this service asks here: to be busy is no reason to be taken out of service. */
export const NEVER_REFUSED: ReadonlySet<string> = new Set(['/healthcheck', '/readiness']);

/**
 * Lets in as many requests as may be served at once, and of one caller half of them; the others are refused while that
 * costs nothing yet. A request has its place until its answer is out, or its client gone.
 */
export function admission(maxConcurrentRequests: number) {
  const mostOfACaller = Math.ceil(maxConcurrentRequests * MAX_PART_OF_A_CALLER);
  const servedByKey = new Map<string, number>();
  let served = 0;
  const count = (key: string, change: 1 | -1): void => {
    served += change;
    const ofKey = (servedByKey.get(key) ?? 0) + change;
    if (ofKey === 0) servedByKey.delete(key);
    else servedByKey.set(key, ofKey);
  };
  return (request: Request, response: Response, next: NextFunction): void => {
    const { queueKey: key } = contextOf(request);
    if (NEVER_REFUSED.has(request.path)) {
      next();
    } else if (
      served >= maxConcurrentRequests ||
      (servedByKey.get(key) ?? 0) >= mostOfACaller ||
      isSurplus(request.socket)
    ) {
      next(overloaded());
    } else if (!response.closed) {
      count(key, 1);
      // Ahead of the others who wait for this: the next request of the connection is one of them, and comes here at once.
      response.prependListener('close', () => count(key, -1));
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
