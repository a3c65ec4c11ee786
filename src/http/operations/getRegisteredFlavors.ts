import type { RequestHandler } from 'express';
import { getRegisteredFlavors as read } from '../../registrations/get-registered-flavors';
import type { components } from '../contract-types';
import { pathList, queryText } from '../request-values';
import { renderRegisteredFlavor } from '../representation';
import { callOf } from '../request-context';

type Answer = components['schemas']['RegisteredFlavors'];

/** GET /RegisteredFlavors/{serviceTypes} */
export function getRegisteredFlavors(ports: Parameters<typeof read>[0]): RequestHandler {
  return async (request, response) => {
    const flavors = await read(ports, callOf(request), {
      serviceTypes: pathList(request, 'serviceTypes'),
      asProject: queryText(request, 'project_id'),
    });
    const answer: Answer = { registered_flavors: flavors.map(renderRegisteredFlavor) };
    response.json(answer);
  };
}
