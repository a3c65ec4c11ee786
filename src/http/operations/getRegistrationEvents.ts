import type { RequestHandler } from 'express';
import { getRegistrationEvents as read } from '../../registrations/get-registration-events';
import { readEventQuery } from '../event-query';
import { renderEvents } from '../representation';
import { callOf, targetOf } from '../request-context';

/** GET /RegistrationEvents */
export function getRegistrationEvents(ports: Parameters<typeof read>[0]): RequestHandler {
  return async (request, response) => {
    const query = readEventQuery(targetOf(request).query);
    response.json(renderEvents(await read(ports, callOf(request), query), query));
  };
}
