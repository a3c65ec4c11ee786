import type { NextFunction, Request, Response } from 'express';
import type { FairTurns } from '../fairness/fair-turns';
import type { Caller } from '../registrations/caller';
import { NEVER_REFUSED } from './admission';
import { contextOf } from './request-context';
import { turnsKeyOf } from './source-address';

/** Tells who a token belongs to, when that is known without asking anybody. */
export type PeekCaller = (token: string) => Caller | undefined;

/**
 * Lets each request wait for its caller's turn before anything is done for it. Whose token is not known yet waits among
 * those of the same address.
 */
export function fairRequests(turns: FairTurns, peekCaller: PeekCaller) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    const context = contextOf(request);
    const token = request.headers['x-auth-token'];
    const caller = typeof token === 'string' ? peekCaller(token) : undefined;
    context.knownCaller = caller;
    context.queue = turns;
    context.queueKey = caller === undefined ? turnsKeyOf(request.socket) : userKey(caller);
    const turn = NEVER_REFUSED.has(request.path) ? undefined : context.takeTurn();
    if (turn === undefined) next();
    else void turn.then(() => (context.isAbandoned ? undefined : next()));
  };
}

/** A step of `admit`: once Keystone has told whose token it is, the request goes on among that caller's. */
export function waitAsCaller(request: Request): Promise<void> | undefined {
  const context = contextOf(request);
  if (context.caller === undefined || context.caller === context.knownCaller) return undefined;
  context.queueKey = userKey(context.caller);
  return context.takeTurn();
}

function userKey({ userId }: Caller): string {
  return `user ${userId}`;
}
