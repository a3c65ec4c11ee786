import type { Request } from 'express';
import type { Caller } from '../registrations/caller';
import { negotiateVersion } from './api-version';
import { contextOf } from './request-context';

/** Tells who a token belongs to; throws when that cannot be told. */
export type ValidateToken = (token: string, globalRequestId: string) => Promise<Caller>;

/**
 * The handler of the contract's security scheme: it runs for every operation that is not public.
 *
 * Nothing but the token speaks for the caller: identity headers that a client sends along (X-User-Id, X-Roles ...)
 * are never read. The version comes first, since the shape of everything after it could depend on it.
 */
export function authenticate(validateToken: ValidateToken) {
  return async (request: Request): Promise<boolean> => {
    const context = contextOf(request);
    try {
      request.res?.vary('X-Auth-Token, OpenStack-API-Version');
      negotiateVersion(request);
      context.caller = await validateToken(request.get('X-Auth-Token') ?? '', context.globalRequestId);
      request.res?.set('Cache-Control', 'private, no-cache');
      return true;
    } catch (error) {
      context.authenticationFailure = error;
      throw error;
    }
  };
}
