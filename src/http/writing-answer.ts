import type { Request, Response } from 'express';
import type { Registration } from '../registrations/registration';
import type { RegisterOutcome } from '../registrations/register-flavors';
import type { Difference } from '../registrations/declaration';
import type { components } from './contract-types';
import { renderRegistration } from './representation';
import { contextOf, targetOf } from './request-context';
import { isDryRun } from './request-values';

type Schemas = components['schemas'];

/** So many service types and flavors are named. RegistrationEvents has all of them. */
const NAMED_IN_THE_LOG = 10;

/** What a registration has done: 201 when any pair is new. */
export function sendRegistered(
  request: Request,
  response: Response,
  { registered, alreadyRegistered }: RegisterOutcome,
): void {
  logChange(request, { registered });
  const answer: Schemas['RegisterOutcome'] = {
    registered: registered.map(renderRegistration),
    already_registered: alreadyRegistered.map(renderRegistration),
  };
  response.status(registered.length > 0 ? 201 : 200).json(answer);
}

/** What a deregistration has done. */
export function sendDeregistered(
  request: Request,
  response: Response,
  { deregistered, notRegistered }: { deregistered: Registration[]; notRegistered: Registration[] },
): void {
  logChange(request, { deregistered });
  const answer: Schemas['DeregisterOutcome'] = {
    deregistered: deregistered.map(renderRegistration),
    not_registered: notRegistered.map(renderRegistration),
  };
  response.json(answer);
}

/** What a declaration has done. */
export function sendDeclared(request: Request, response: Response, difference: Difference): void {
  logChange(request, difference);
  const { registered, deregistered, unchanged } = difference;
  const answer: Schemas['DeclareOutcome'] = {
    registered: registered.map(renderRegistration),
    deregistered: deregistered.map(renderRegistration),
    unchanged,
  };
  response.json(answer);
}

/** One line for what has changed; none for a preview, or when nothing has. */
function logChange(
  request: Request,
  { registered = [], deregistered = [] }: Partial<Pick<Difference, 'registered' | 'deregistered'>>,
): void {
  const changed = [...registered, ...deregistered];
  if (changed.length === 0 || isDryRun(targetOf(request))) return;
  const { logger, caller } = contextOf(request);
  const types = [...new Set(changed.map(({ serviceType }) => serviceType))];
  const flavorIds = [...new Set(changed.map(({ flavorId }) => flavorId))];
  logger.info('registrations changed', {
    registered: registered.length,
    deregistered: deregistered.length,
    service_types: types.slice(0, NAMED_IN_THE_LOG),
    more_service_types: Math.max(0, types.length - NAMED_IN_THE_LOG),
    flavor_ids: flavorIds.slice(0, NAMED_IN_THE_LOG),
    more_flavor_ids: Math.max(0, flavorIds.length - NAMED_IN_THE_LOG),
    user_id: caller?.userId,
    project_id: caller?.projectId,
  });
}
