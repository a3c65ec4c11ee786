import type { RequestHandler } from 'express';
import { getRegisteredFlavors as read, type ReadPorts } from '../../registrations/get-registered-flavors';
import { readQuery } from '../read-query';
import { renderRegisteredFlavors } from '../representation';
import { callOf } from '../request-context';
import { pathList } from '../request-values';
import { type SendReadPorts, sendRead } from '../send-read';

/** GET /RegisteredFlavors/{serviceTypes} */
export function getRegisteredFlavors(ports: ReadPorts & SendReadPorts): RequestHandler {
  const answer = { render: renderRegisteredFlavors, showsDetails: true };
  return async (request, response) => {
    const serviceTypes = pathList(request, 'serviceTypes');
    const asked = readQuery(request.query, { serviceTypes, page: undefined });
    await sendRead(request, response, ports, read(ports, callOf(request), asked), answer);
  };
}
