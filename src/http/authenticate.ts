import type { Request } from 'express';
import { RegisteredFlavorsError } from '../errors';
import type { Caller } from '../registrations/caller';
import { isAllowedBy } from './access-rules';
import { negotiateVersion, SERVICE_TYPE } from './api-version';
import { wasHead } from './head-as-get';
import { contextOf } from './request-context';

/** Tells who a token belongs to; throws when that cannot be told. */
export type ValidateToken = (token: string, globalRequestId: string) => Promise<Caller>;

/**
 * Nothing but the token speaks for the caller: identity headers that a client sends along (X-User-Id, X-Roles ...)
 * are never read. The version comes first, since the shape of everything after it could depend on it.
 */
export function authenticate(validateToken: ValidateToken) {
  return async (request: Request): Promise<void> => {
    const context = contextOf(request);
    request.res?.setHeader('Vary', 'X-Auth-Token, OpenStack-API-Version');
    negotiateVersion(request);
    const token = request.get('X-Auth-Token') ?? '';
    const caller = await context.whileHere(validateToken(token, context.globalRequestId));
    await requireAllowed(caller, request);
    context.caller = caller;
    request.res?.setHeader('Cache-Control', 'private, no-cache');
  };
}

/** The owner of an application credential may have said what it is for: then it is for nothing else. */
async function requireAllowed({ accessRules }: Caller, request: Request): Promise<void> {
  const method = wasHead(request) ? 'HEAD' : request.method;
  if (accessRules === undefined) return;
  const { nextTurn } = contextOf(request);
  if (await isAllowedBy(accessRules, { method, path: request.path }, nextTurn)) return;
  throw new RegisteredFlavorsError('unauthenticated', {
    code: 'registered-flavors.token.not_allowed',
    detail:
      `The token is of an application credential whose access rules do not allow ${method} on this path ` +
      `of the service type ${SERVICE_TYPE}.`,
  });
}
