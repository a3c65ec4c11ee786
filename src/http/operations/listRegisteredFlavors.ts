import type { RequestHandler } from 'express';
import { getRegisteredFlavors as read, type ReadPorts } from '../../registrations/get-registered-flavors';
import { MAX_PAGE } from '../../registrations/read-request';
import { readQuery } from '../read-query';
import { renderRegisteredFlavors } from '../representation';
import { callOf } from '../request-context';
import { queryNumber, queryText } from '../request-values';
import { type SendReadPorts, sendRead } from '../send-read';

/** GET /RegisteredFlavors */
export function listRegisteredFlavors(ports: ReadPorts & SendReadPorts): RequestHandler {
  const answer = { render: renderRegisteredFlavors, showsDetails: true };
  return async (request, response) => {
    const { query } = request;
    const page = { limit: queryNumber(query, 'limit') ?? MAX_PAGE, marker: queryText(query, 'marker') };
    const asked = readQuery(query, { serviceTypes: undefined, page });
    await sendRead(request, response, ports, read(ports, callOf(request), asked), answer);
  };
}
