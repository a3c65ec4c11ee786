import type { RequestHandler } from 'express';
import { getRegisteredFlavors as read, type ReadPorts } from '../../registrations/get-registered-flavors';
import type { ReadRequest } from '../../registrations/read-request';
import { readQuery } from '../read-query';
import { renderRegisteredFlavors } from '../representation';
import { callOf, targetOf } from '../request-context';
import { pathList } from '../request-values';
import { type SendReadPorts, sendRead } from '../send-read';
import type { Target } from '../target';

/** GET /RegisteredFlavors/{serviceTypes} */
export function getRegisteredFlavors(ports: ReadPorts & SendReadPorts): RequestHandler {
  const answer = { render: renderRegisteredFlavors, showsDetails: true };
  return async (request, response) => {
    const asked = targetOf(request).once(readTarget);
    await sendRead(request, response, ports, read(ports, callOf(request), asked), answer);
  };
}

function readTarget(target: Target): ReadRequest {
  return readQuery(target.query, { serviceTypes: pathList(target, 'serviceTypes'), page: undefined });
}
