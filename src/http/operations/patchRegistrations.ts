import type { RequestHandler } from 'express';
import { declareRegistrations, type DeclarePorts } from '../../registrations/declare-registrations';
import { expectedBy } from '../expected-registry';
import { callOf, declarationOf, targetOf } from '../request-context';
import { isDryRun } from '../request-values';
import type { ResponseCache } from '../response-cache';
import { sendDeclared } from '../writing-answer';

/** PATCH /Registrations: a JSON merge patch (RFC 7396), for which an empty type and one that is not there are the same. */
export function patchRegistrations(ports: DeclarePorts & { readonly responses: ResponseCache }): RequestHandler {
  return async (request, response) => {
    const outcome = await declareRegistrations(ports, callOf(request), {
      declaration: declarationOf(request),
      isEverything: false,
      expected: expectedBy(request, ports),
      isPreview: isDryRun(targetOf(request)),
    });
    sendDeclared(request, response, outcome);
  };
}
