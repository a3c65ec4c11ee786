import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Contract } from '../contract';
import { hasBody, sendBody, sendNotModified } from '../send-body';

/** GET /openapi.json: one body for all, since anybody may ask for it as often as they like. */
export function getContract(contract: Contract): RequestHandler {
  const body = Buffer.from(JSON.stringify(contract));
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  return (request, response) => {
    if (hasBody(request, etag)) sendNotModified(response, etag);
    else sendBody(response, body, etag);
  };
}
