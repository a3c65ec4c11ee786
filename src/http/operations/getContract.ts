import type { RequestHandler } from 'express';
import type { Contract } from '../contract';
import { toSmallResponseBody } from '../response-body';
import { hasBody, sendBody, sendNotModified } from '../send-body';

/** GET /openapi.json: one body for all, since anybody may ask for it as often as they like. */
export function getContract(contract: Contract): RequestHandler {
  const { body, etag } = toSmallResponseBody(JSON.stringify(contract));
  return (request, response) => {
    if (hasBody(request, etag)) sendNotModified(response, etag);
    else sendBody(response, body, etag);
  };
}
