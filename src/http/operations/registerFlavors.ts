import type { RequestHandler } from 'express';
import { registerFlavors as register, type RegisterPorts } from '../../registrations/register-flavors';
import { refuseIfMatch } from '../if-match';
import { isDryRun, pathList } from '../request-values';
import { sendRegistered } from '../writing-answer';
import { callOf } from '../request-context';

/** POST /RegisteredFlavors/{serviceTypes}/{flavorIDs} */
export function registerFlavors(ports: RegisterPorts): RequestHandler {
  return async (request, response) => {
    refuseIfMatch(request);
    const outcome = await register(ports, callOf(request), {
      serviceTypes: pathList(request, 'serviceTypes'),
      flavors: { flavorIds: pathList(request, 'flavorIDs'), named: 'in the URL' },
      isPreview: isDryRun(request),
    });
    sendRegistered(request, response, outcome);
  };
}
