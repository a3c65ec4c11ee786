import type { RequestHandler } from 'express';
import {
  getRegistrations as read,
  type RegistrationsPorts,
  type RegistrationsView,
} from '../../registrations/get-registrations';
import { sendRendered } from '../conditional-answer';
import type { Rendered } from '../reading-answer';
import { callOf } from '../request-context';

/** GET /Registrations */
export function getRegistrations(ports: Rendered<RegistrationsPorts, RegistrationsView>): RequestHandler {
  return async (request, response) => {
    sendRendered(request, response, ports.views.render(await read(ports, callOf(request))));
  };
}
