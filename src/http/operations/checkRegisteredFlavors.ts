import type { RequestHandler } from 'express';
import { checkRegisteredFlavors as check, type ReadPorts } from '../../registrations/get-registered-flavors';
import type { RegisteredFlavorsView } from '../../registrations/registered-flavors-view';
import { readQuery } from '../read-query';
import { type Rendered, sendReading } from '../reading-answer';
import { callOf } from '../request-context';
import { pathList } from '../request-values';

/** GET /RegisteredFlavors/{serviceTypes}/{flavorIDs} */
export function checkRegisteredFlavors(ports: Rendered<ReadPorts, RegisteredFlavorsView>): RequestHandler {
  return async (request, response) => {
    const [serviceTypes, flavorIds] = [pathList(request, 'serviceTypes'), pathList(request, 'flavorIDs')];
    const asked = readQuery(request.query, { serviceTypes, flavorIds, page: undefined });
    sendReading(request, response, ports, await check(ports, callOf(request), asked));
  };
}
