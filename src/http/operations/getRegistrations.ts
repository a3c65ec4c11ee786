import type { RequestHandler } from 'express';
import { getRegistrations as read, type RegistrationsPorts } from '../../registrations/get-registrations';
import { jsonRegistrations } from '../json-pieces';
import { callOf } from '../request-context';
import { type SendReadPorts, sendRead } from '../send-read';

/** GET /Registrations */
export function getRegistrations(ports: RegistrationsPorts & SendReadPorts): RequestHandler {
  const answer = { render: jsonRegistrations, showsDetails: false };
  return async (request, response) => {
    await sendRead(request, response, ports, read(ports, callOf(request)), answer);
  };
}
