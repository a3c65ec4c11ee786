import type { NextFunction, Request, Response } from 'express';
import { pathNotFound } from './validator-fault';

/**
 * A path has no trailing slash. The contract's validator takes one all the same, whatever Express is told
 * (`strict routing`).
 */
export function strictPaths() {
  return (request: Request, _response: Response, next: NextFunction): void => {
    next(request.path.length > 1 && request.path.endsWith('/') ? pathNotFound(request) : undefined);
  };
}
