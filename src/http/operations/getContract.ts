import type { RequestHandler } from 'express';
import type { Contract } from '../contract';

/** GET /openapi.json */
export function getContract(contract: Contract): RequestHandler {
  return (_request, response) => {
    response.json(contract);
  };
}
