import type { RequestHandler } from 'express';
import { getRegisteredFlavors as read, type ReadPorts } from '../../registrations/get-registered-flavors';
import type { RegisteredFlavorsView } from '../../registrations/registered-flavors-view';
import { readQuery } from '../read-query';
import { type Rendered, sendReading } from '../reading-answer';
import { callOf } from '../request-context';
import { pathList } from '../request-values';

/** GET /RegisteredFlavors/{serviceTypes} */
export function getRegisteredFlavors(ports: Rendered<ReadPorts, RegisteredFlavorsView>): RequestHandler {
  return async (request, response) => {
    const serviceTypes = pathList(request, 'serviceTypes');
    const asked = readQuery(request.query, { serviceTypes, page: undefined });
    sendReading(request, response, ports, await read(ports, callOf(request), asked));
  };
}
