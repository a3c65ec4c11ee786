import type { RequestHandler } from 'express';
import { getRegisteredFlavors as read, type ReadPorts } from '../../registrations/get-registered-flavors';
import { MAX_PAGE, type ReadRequest } from '../../registrations/read-request';
import { readQuery } from '../read-query';
import { renderRegisteredFlavors } from '../representation';
import { callOf, targetOf } from '../request-context';
import { queryNumber, queryText } from '../request-values';
import { type SendReadPorts, sendRead } from '../send-read';
import type { Target } from '../target';

/** GET /RegisteredFlavors */
export function listRegisteredFlavors(ports: ReadPorts & SendReadPorts): RequestHandler {
  const answer = { render: renderRegisteredFlavors, showsDetails: true };
  return async (request, response) => {
    const asked = targetOf(request).once(readTarget);
    await sendRead(request, response, ports, read(ports, callOf(request), asked), answer);
  };
}

function readTarget({ query }: Target): ReadRequest {
  const page = { limit: queryNumber(query, 'limit') ?? MAX_PAGE, marker: queryText(query, 'marker') };
  return readQuery(query, { serviceTypes: undefined, page });
}
