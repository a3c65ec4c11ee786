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

/** What a document of up to {@link MAX_BODY_BYTES} may take in memory; one that takes more counts as a large one. */
const MAX_SMALL_BYTES = 4 * MAX_BODY_BYTES;
/** So much is read in one piece: of the shortest names some thousand. */
const PIECE_BYTES = 8 * 1024;

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
  const held = budget.open(caller.userId, response);
  let length = 0;
  await receiveBody(request, async (part) => {
    length += part.length;
    if (length > MAX_DOCUMENT_BYTES) throw documentTooLarge();
    for (let at = 0; at < part.length; at += PIECE_BYTES) {
      reader.write(part.subarray(at, at + PIECE_BYTES));
      if (length > MAX_BODY_BYTES || declaration.bytes > MAX_SMALL_BYTES) held.takeLargePlace();
      else held.grow(declaration.bytes);
      await nextTurn();
    }
  });
  reader.end();
  body.require();
  return declaration;
}
