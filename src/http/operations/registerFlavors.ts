import type { RequestHandler } from 'express';
import { registerFlavors as register } from '../../registrations/register-flavors';
import type { components } from '../contract-types';
import { pathList, queryBoolean } from '../request-values';
import { renderRegistration } from '../representation';
import { callOf } from '../request-context';

type Answer = components['schemas']['RegisterOutcome'];

/** POST /RegisteredFlavors/{serviceTypes}/{flavorIDs} */
export function registerFlavors(ports: Parameters<typeof register>[0]): RequestHandler {
  return async (request, response) => {
    const { registered, alreadyRegistered } = await register(ports, callOf(request), {
      serviceTypes: pathList(request, 'serviceTypes'),
      flavorIds: pathList(request, 'flavorIDs'),
      isPreview: queryBoolean(request.query, 'dry_run') ?? false,
    });
    const answer: Answer = {
      registered: registered.map(renderRegistration),
      already_registered: alreadyRegistered.map(renderRegistration),
    };
    response.status(registered.length > 0 ? 201 : 200).json(answer);
  };
}
