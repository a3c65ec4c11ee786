import type { RequestHandler } from 'express';
import { getRegisteredFlavors as read } from '../../registrations/get-registered-flavors';
import { type ReadingPorts, sendReading } from '../reading-answer';
import { callOf } from '../request-context';
import { pathList, queryList, queryText } from '../request-values';
import { readSelector } from '../selector-query';

/** GET /RegisteredFlavors/{serviceTypes} */
export function getRegisteredFlavors(ports: ReadingPorts): RequestHandler {
  return async (request, response) => {
    const reading = await read(ports, callOf(request), {
      serviceTypes: pathList(request, 'serviceTypes'),
      asProject: queryText(request, 'project_id'),
      flavorIds: queryList(request, 'flavor_ids'),
      selector: readSelector(request),
    });
    sendReading(request, response, ports, reading);
  };
}
