import type { Request } from 'express';
import { RegisteredFlavorsError } from '../errors';
import type { Caller } from '../registrations/caller';
import { isAllowedBy } from './access-rules';
import { negotiateVersion, SERVICE_TYPE } from './api-version';
import { wasHead } from './head-as-get';
import { contextOf, type RequestContext } from './request-context';
import { sourceOf } from './source-address';

/** What else every answer behind a token depends on. */
const VARY = 'X-Auth-Token, OpenStack-API-Version';

/** Tells on whose behalf a request comes, from its tokens; throws when that cannot be told. */
export type IdentifyCaller = (
  tokens: { readonly token: string; readonly serviceToken: string | undefined },
  asker: { readonly globalRequestId: string; readonly source: string; readonly signal: AbortSignal },
) => Promise<Caller>;

/**
 * Nothing but the tokens speak for the caller: identity headers that a client sends along (X-User-Id, X-Roles ...)
 * are never read. The version comes first, since the shape of everything after it could depend on it.
 */
export function authenticate(identifyCaller: IdentifyCaller) {
  return (request: Request): Promise<void> | undefined => {
    const context = contextOf(request);
    varyByCaller(request);
    negotiateVersion(request);
    const serviceToken = request.get('X-Service-Token') || undefined; // an empty one is none, to keystonemiddleware too
    const known = serviceToken === undefined ? context.knownCaller : undefined;
    if (known !== undefined && known.accessRules === undefined) {
      admitCaller(known, request);
      return undefined;
    }
    return identify(request, serviceToken);
  };

  async function identify(request: Request, serviceToken: string | undefined): Promise<void> {
    const context = contextOf(request);
    const token = request.get('X-Auth-Token') ?? '';
    const asker = askerOf(request, context);
    const caller = await context.whileHere(identifyCaller({ token, serviceToken }, asker));
    await requireAllowed(caller, request);
    admitCaller(caller, request);
  }
}

/** Not by Express's `vary`, which reads both lists each time: every read comes here. */
function varyByCaller({ res }: Request): void {
  const before = res?.getHeader('Vary'); // set by cors
  res?.setHeader('Vary', typeof before === 'string' ? `${before}, ${VARY}` : VARY);
}

function admitCaller(caller: Caller, request: Request): void {
  contextOf(request).caller = caller;
  request.res?.setHeader('Cache-Control', 'private, no-cache');
}

/** Most tokens are remembered, and then nobody needs to know these: they are made when asked for. */
function askerOf(request: Request, context: RequestContext) {
  return {
    globalRequestId: context.globalRequestId,
    get source() {
      return sourceOf(request.socket.remoteAddress);
    },
    get signal() {
      return context.signal;
    },
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
