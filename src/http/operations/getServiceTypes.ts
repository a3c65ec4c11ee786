import type { RequestHandler } from 'express';
import type { ReadPorts } from '../../registrations/get-registered-flavors';
import { getServiceTypes as read } from '../../registrations/get-service-types';
import { renderServiceTypes } from '../representation';
import { callOf, targetOf } from '../request-context';
import { queryText } from '../request-values';
import { type SendReadPorts, sendRead } from '../send-read';

/** GET /ServiceTypes */
export function getServiceTypes(ports: ReadPorts & SendReadPorts): RequestHandler {
  const answer = { render: renderServiceTypes, showsDetails: true };
  return async (request, response) => {
    const asked = { asProject: queryText(targetOf(request).query, 'project_id') };
    await sendRead(request, response, ports, read(ports, callOf(request), asked), answer);
  };
}
