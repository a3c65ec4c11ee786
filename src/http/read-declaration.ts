import type { Request, Response } from 'express';
import { Declaration, type Standards } from '../registrations/declaration';
import type { BodyBudget } from './body-budget';
import { DeclarationBody } from './declaration-body';
import { JsonReader } from './json-events';
import { receiveBody } from './receive-body';
import { callOf } from './request-context';
import { documentTooLarge, MAX_BODY_BYTES, MAX_DOCUMENT_BYTES } from './request-limits';

/** What differs between the documents of PUT and PATCH: the contract's `RegistrationDocument` and `RegistrationPatch`. */
const FORMS = {
  PUT: { isWhole: true, takesNull: false },
  PATCH: { isWhole: false, takesNull: true },
} as const;

/**
 * Reads a document of registrations while it comes, part by part in the caller's turns. It may be as large as an export:
 * nothing of it is kept but what it declares.
 * @throws HttpFault 400 for what is no such document; 413 and 503 beyond the limits
 */
export async function readDeclaration(
  request: Request,
  response: Response,
  { budget, standing }: { budget: BodyBudget; standing: Standards },
): Promise<Declaration> {
  const { caller, nextTurn } = callOf(request);
  const declaration = new Declaration(standing);
  const body = new DeclarationBody(declaration, FORMS[request.method === 'PUT' ? 'PUT' : 'PATCH']);
  const reader = new JsonReader(body);
  let [length, counted] = [0, 0];
  response.once('close', () => budget.giveBack(counted));
  await receiveBody(request, (part) => {
    const before = length;
    length += part.length;
    if (length > MAX_DOCUMENT_BYTES) throw documentTooLarge();
    if (length <= MAX_BODY_BYTES) {
      counted += part.length;
      budget.take(part.length);
    } else if (before <= MAX_BODY_BYTES) budget.takeLargePlace(caller.userId, response);
    reader.write(part);
    return nextTurn();
  });
  reader.end();
  body.require();
  return declaration;
}
