import type { RequestHandler } from 'express';
import { checkRegisteredFlavors as check } from '../../registrations/get-registered-flavors';
import { type ReadingPorts, sendReading } from '../reading-answer';
import { callOf } from '../request-context';
import { pathList, queryText } from '../request-values';
import { readSelector } from '../selector-query';

/** GET /RegisteredFlavors/{serviceTypes}/{flavorIDs} */
export function checkRegisteredFlavors(ports: ReadingPorts): RequestHandler {
  return async (request, response) => {
    const reading = await check(ports, callOf(request), {
      serviceTypes: pathList(request, 'serviceTypes'),
      asProject: queryText(request, 'project_id'),
      flavorIds: pathList(request, 'flavorIDs'),
      selector: readSelector(request),
    });
    sendReading(request, response, ports, reading);
  };
}
