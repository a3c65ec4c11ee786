import type { NextFunction, Request, Response } from 'express';

const heads = new WeakSet<Request>();

/** HEAD works where GET does. The contract's validator would answer 405; Node leaves the body out by itself. */
export function headAsGet() {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (request.method === 'HEAD') {
      heads.add(request);
      request.method = 'GET';
    }
    next();
  };
}

/** Whether the client sent HEAD. */
export function wasHead(request: Request): boolean {
  return heads.has(request);
}
