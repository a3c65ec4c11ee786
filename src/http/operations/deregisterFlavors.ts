import type { RequestHandler } from 'express';
import { deregisterFlavors as deregister } from '../../registrations/deregister-flavors';
import { refuseIfMatch } from '../if-match';
import { callOf, targetOf } from '../request-context';
import { isDryRun, pathList } from '../request-values';
import { sendDeregistered } from '../writing-answer';

/** DELETE /RegisteredFlavors/{serviceTypes}/{flavorIDs} */
export function deregisterFlavors(ports: Parameters<typeof deregister>[0]): RequestHandler {
  return async (request, response) => {
    refuseIfMatch(request);
    const target = targetOf(request);
    const outcome = await deregister(ports, callOf(request), {
      serviceTypes: pathList(target, 'serviceTypes'),
      flavorIds: pathList(target, 'flavorIDs'),
      isPreview: isDryRun(target),
    });
    sendDeregistered(request, response, outcome);
  };
}
