import type { RequestHandler } from 'express';
import { declareRegistrations, type DeclarePorts } from '../../registrations/declare-registrations';
import { expectedBy } from '../expected-registry';
import { callOf, declarationOf, targetOf } from '../request-context';
import { isDryRun } from '../request-values';
import type { ResponseCache } from '../response-cache';
import { sendDeclared } from '../writing-answer';

/** PUT /Registrations */
export function replaceRegistrations(ports: DeclarePorts & { readonly responses: ResponseCache }): RequestHandler {
  return async (request, response) => {
    const outcome = await declareRegistrations(ports, callOf(request), {
      declaration: declarationOf(request),
      isEverything: true,
      expected: expectedBy(request, ports),
      isPreview: isDryRun(targetOf(request)),
    });
    sendDeclared(request, response, outcome);
  };
}
