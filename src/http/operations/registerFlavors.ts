import type { RequestHandler } from 'express';
import { registerFlavors as register, type RegisterPorts } from '../../registrations/register-flavors';
import { refuseIfMatch } from '../if-match';
import { isDryRun, pathList } from '../request-values';
import { sendRegistered } from '../writing-answer';
import { callOf, targetOf } from '../request-context';

/** POST /RegisteredFlavors/{serviceTypes}/{flavorIDs} */
export function registerFlavors(ports: RegisterPorts): RequestHandler {
  return async (request, response) => {
    refuseIfMatch(request);
    const target = targetOf(request);
    const outcome = await register(ports, callOf(request), {
      serviceTypes: pathList(target, 'serviceTypes'),
      flavors: { flavorIds: pathList(target, 'flavorIDs'), named: 'in the URL' },
      isPreview: isDryRun(target),
    });
    sendRegistered(request, response, outcome);
  };
}
