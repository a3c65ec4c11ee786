import type { RequestHandler } from 'express';
import { getRegistrations as read } from '../../registrations/get-registrations';
import { sendRendered } from '../conditional-answer';
import type { components } from '../contract-types';
import { callOf } from '../request-context';

type Answer = components['schemas']['RegistrationDocument'];

/** GET /Registrations */
export function getRegistrations(ports: Parameters<typeof read>[0]): RequestHandler {
  return async (request, response) => {
    const { registrations, digest } = await read(ports, callOf(request));
    const answer = { registrations: Object.fromEntries(registrations) } satisfies Record<keyof Answer, unknown>;
    sendRendered(request, response, { body: Buffer.from(JSON.stringify(answer)), etag: `"${digest}"` });
  };
}
