import type { RequestHandler } from 'express';
import {
  getServiceTypes as read,
  type ServiceTypePorts,
  type ServiceTypesView,
} from '../../registrations/get-service-types';
import { type Rendered, sendReading } from '../reading-answer';
import { callOf } from '../request-context';
import { queryText } from '../request-values';

/** GET /ServiceTypes */
export function getServiceTypes(ports: Rendered<ServiceTypePorts, ServiceTypesView>): RequestHandler {
  return async (request, response) => {
    const asked = { asProject: queryText(request.query, 'project_id') };
    sendReading(request, response, ports, await read(ports, callOf(request), asked));
  };
}
