import type { NextFunction, Request, RequestHandler, Response } from 'express';

/**
 * One step of a request's way that is made of several. For each step of its own, Express would look at the path again to find
 * out whether it is one for it: that costs more than what most of them do.
 */
export function inOrder(...steps: readonly RequestHandler[]): RequestHandler {
  return (request, response, next) => goOn(steps, 0, request, response, next);
}

function goOn(
  steps: readonly RequestHandler[],
  at: number,
  request: Request,
  response: Response,
  next: NextFunction,
): void {
  const step = steps[at];
  if (step === undefined) {
    next();
    return;
  }
  try {
    const done: unknown = step(request, response, (error?: unknown) => {
      if (error === undefined || error === null) goOn(steps, at + 1, request, response, next);
      else next(error);
    });
    if (done instanceof Promise) done.catch(next);
  } catch (error) {
    next(error);
  }
}
