import type { Response } from 'express';
import type { RegisterOutcome } from '../registrations/register-flavors';
import type { Difference } from '../registrations/registration-document';
import type { components } from './contract-types';
import { renderRegistration } from './representation';

type Schemas = components['schemas'];

/** What a registration has done: 201 when any pair is new. */
export function sendRegistered(response: Response, { registered, alreadyRegistered }: RegisterOutcome): void {
  const answer: Schemas['RegisterOutcome'] = {
    registered: registered.map(renderRegistration),
    already_registered: alreadyRegistered.map(renderRegistration),
  };
  response.status(registered.length > 0 ? 201 : 200).json(answer);
}

/** What a declaration has done. */
export function sendDeclared(response: Response, { registered, deregistered, unchanged }: Difference): void {
  const answer: Schemas['DeclareOutcome'] = {
    registered: registered.map(renderRegistration),
    deregistered: deregistered.map(renderRegistration),
    unchanged,
  };
  response.json(answer);
}
