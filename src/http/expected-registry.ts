import type { Request } from 'express';
import type { ExpectedRegistry } from '../registrations/declare-registrations';
import { getRegistrations, type RegistrationsPorts } from '../registrations/get-registrations';
import { readIfMatch } from './if-match';
import { jsonRegistrations } from './json-pieces';
import { callOf, contextOf } from './request-context';
import type { ResponseCache } from './response-cache';

/**
 * What If-Match says of all registrations: any of its ETags has to be that of GET /Registrations (RFC 9110, 13.1.1).
 * @throws HttpFault 400 when it is malformed
 */
export function expectedBy(
  request: Request,
  ports: RegistrationsPorts & { readonly responses: ResponseCache },
): ExpectedRegistry | 'any' | undefined {
  const expected = readIfMatch(request);
  if (expected === undefined || expected === 'any') return expected;
  return async () => {
    const call = callOf(request);
    const { etag, asOf } = await ports.responses.get(getRegistrations(ports, call), call, {
      render: jsonRegistrations,
      needsBody: () => false,
      wait: (made) => contextOf(request).whileHere(made),
    });
    return expected.includes(etag.slice(1, -1)) ? asOf.version : undefined;
  };
}
