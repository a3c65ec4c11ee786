import type { RequestHandler } from 'express';
import { getRegisteredFlavors as read, type ReadPorts } from '../../registrations/get-registered-flavors';
import { MAX_PAGE } from '../../registrations/read-request';
import type { RegisteredFlavorsView } from '../../registrations/registered-flavors-view';
import { readQuery } from '../read-query';
import { type Rendered, sendReading } from '../reading-answer';
import { callOf } from '../request-context';
import { queryNumber, queryText } from '../request-values';

/** GET /RegisteredFlavors */
export function listRegisteredFlavors(ports: Rendered<ReadPorts, RegisteredFlavorsView>): RequestHandler {
  return async (request, response) => {
    const { query } = request;
    const page = { limit: queryNumber(query, 'limit') ?? MAX_PAGE, marker: queryText(query, 'marker') };
    const asked = readQuery(query, { serviceTypes: undefined, page });
    sendReading(request, response, ports, await read(ports, callOf(request), asked));
  };
}
