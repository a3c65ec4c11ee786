import type { RequestHandler } from 'express';
import { deregisterFlavors as deregister } from '../../registrations/deregister-flavors';
import type { components } from '../contract-types';
import { isDryRun, pathList } from '../request-values';
import { renderRegistration } from '../representation';
import { callOf } from '../request-context';

type Answer = components['schemas']['DeregisterOutcome'];

/** DELETE /RegisteredFlavors/{serviceTypes}/{flavorIDs} */
export function deregisterFlavors(ports: Parameters<typeof deregister>[0]): RequestHandler {
  return async (request, response) => {
    const { deregistered, notRegistered } = await deregister(ports, callOf(request), {
      serviceTypes: pathList(request, 'serviceTypes'),
      flavorIds: pathList(request, 'flavorIDs'),
      isPreview: isDryRun(request),
    });
    const answer: Answer = {
      deregistered: deregistered.map(renderRegistration),
      not_registered: notRegistered.map(renderRegistration),
    };
    response.json(answer);
  };
}
