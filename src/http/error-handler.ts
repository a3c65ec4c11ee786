import type { NextFunction, Request, Response } from 'express';
import type { Contract } from './contract';
import { dropRest } from './lingering-close';
import { describeFailure, type ProblemOptions, renderError } from './problem';
import { contextOf } from './request-context';
import { translateValidatorError } from './validator-fault';

/** Whatever is thrown, anywhere, ends here: one shape, and one log line for what is not the caller's fault. */
export function errorHandler(options: ProblemOptions & { readonly contract: Contract }) {
  // Express knows an error handler by its four parameters.
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    const context = contextOf(request);
    const error = translateValidatorError(context.refusal ?? thrown, request, options.contract);
    const failure = describeFailure(error);
    if (failure !== undefined && !context.isAbandoned) {
      context.logger.log(failure.level, 'request failed', failure.fields);
    }
    if (response.headersSent) {
      next(thrown); // half an answer is out: Express can only close the connection
      return;
    }
    const answer = renderError(error, { requestId: context.requestId, target: request.originalUrl }, options);
    context.errorCode = answer.body.errors[0]?.code;
    dropRest(request);
    response.removeHeader('ETag'); // of the answer that did not come to be
    response.removeHeader('Cache-Status');
    response.status(answer.status).set(answer.headers).json(answer.body);
  };
}
