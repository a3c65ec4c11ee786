import { RegisteredFlavorsError } from '../errors';
import type { Caller } from '../registrations/caller';
import type { Asker, TokenValidator } from './token-validator';

/** The tokens that come with a request. */
export interface RequestTokens {
  /** X-Auth-Token */
  readonly token: string;
  /** X-Service-Token; undefined when there is none. */
  readonly serviceToken: string | undefined;
}

/**
 * Tells on whose behalf a request comes by validating both of its tokens, as keystonemiddleware does. A service that works
 * on a user's request sends its own token along. When that is valid and has one of the roles of services, the request is
 * part of a chain that began while the user's token was good: it may have expired since, and the access rules of an
 * application credential, which speak of where the chain began, do not hold here. A service token that is not valid ends
 * the request, whatever the user's is worth.
 * @param roles the roles of services, in upper or lower case alike
 * @param deadlineMs for both validations together
 */
export function identifyCallers(
  tokens: TokenValidator,
  { roles, deadlineMs }: { roles: readonly string[]; deadlineMs: number },
) {
  const services = new Set(roles.map((role) => role.toLowerCase()));
  return async ({ token, serviceToken }: RequestTokens, asker: Asker): Promise<Caller> => {
    if (serviceToken === undefined) return tokens.validate(token, asker);
    const startedAt = performance.now();
    const service = await tokens.validate(serviceToken, asker, { header: 'X-Service-Token' });
    if (!service.roles.some((role) => services.has(role.toLowerCase()))) throw notOfAService(roles);
    const leftMs = Math.max(1, Math.ceil(deadlineMs - (performance.now() - startedAt)));
    const caller = await tokens.validate(token, asker, { allowExpired: true, deadlineMs: leftMs });
    return { ...caller, accessRules: undefined };
  };
}

function notOfAService(roles: readonly string[]): RegisteredFlavorsError {
  return new RegisteredFlavorsError('unauthenticated', {
    code: 'registered-flavors.token.not_allowed',
    detail:
      `The token in X-Service-Token has none of the roles of a service: ${roles.join(', ')}. ` +
      'Only services send this header, with their own token.',
  });
}
