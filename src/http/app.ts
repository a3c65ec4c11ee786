import express, { type Express } from 'express';
import type { Logger } from '../logger';
import type { FairTurns } from '../fairness/fair-turns';
import type { Meter } from '../meter';
import { accessLog } from './access-log';
import { admission } from './admission';
import { admit } from './admit';
import { authenticate, type IdentifyCaller } from './authenticate';
import { type OperationHandlers, serveContract } from './contract';
import { corsSteps } from './cors';
import { errorHandler } from './error-handler';
import { fairRequests, type PeekCaller, waitAsCaller } from './fair-requests';
import { headAsGet } from './head-as-get';
import { inOrder } from './in-order';
import { KnownTargets } from './known-targets';
import { type BodyOptions, readJsonBody } from './json-body';
import type { ProblemOptions } from './problem';
import { requestContext } from './request-context';
import { limitBody, limitUrl } from './request-limits';
import { VALIDATE_RESPONSES } from './send-body';
import { oneHost, strictTargets } from './strict-requests';
import { pathNotFound } from './validator-fault';

export interface AppOptions extends ProblemOptions, BodyOptions {
  readonly handlers: OperationHandlers;
  readonly identifyCaller: IdentifyCaller;
  readonly peekCaller: PeekCaller;
  readonly fairTurns: FairTurns;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly maxHeaderBytes: number;
  readonly maxConcurrentRequests: number;
  readonly validateResponses: boolean;
  /** Whose pages may read answers in a browser; undefined when nobody's may. */
  readonly corsAllowedOrigins: readonly string[] | undefined;
}

/** The way of every request, in order. Each step may end it by throwing; the last one renders what was thrown. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('env', 'production'); // what fails behind our own error handler is told by Express: without its stack
  app.disable('etag'); // Express's is weak and computed anew for each answer
  Object.defineProperty(app.request, 'fresh', { value: false }); // so nothing is ever 304, whatever a client has
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set(VALIDATE_RESPONSES, options.validateResponses);

  const targets = new KnownTargets();
  const { share, preflight } = corsSteps(options.corsAllowedOrigins);
  const admitted = admit(authenticate(options.identifyCaller), waitAsCaller, readJsonBody(options));
  app.use(
    inOrder(
      requestContext(options.logger), // first: everything after it needs the id
      accessLog(options.contract, options.meter, options.logger), // before anything can refuse
      fairRequests(options.fairTurns, options.peekCaller), // before any work: whoever sends much waits behind himself
      ...share, // before anything can refuse: a page has to be able to read why
      ...preflight, // the same: of a preflight that is refused, the browser tells the page nothing
      limitUrl(options.maxHeaderBytes), // before anything works on the URL
      limitBody(options.contract), // before the contract: it looks at Content-Type, also where nobody takes a body
      admission(options.maxConcurrentRequests), // after that: who sends slowly what nobody reads takes no place
      headAsGet(), // before the contract: it does not know HEAD
      oneHost(),
      targets.serve(admitted), // instead of the rest, where that would come to the same
      strictTargets(), // before the contract: it forgives too much
    ),
    serveContract(options.contract, options.handlers, {
      admit: admitted,
      targets,
      validateResponses: options.validateResponses,
    }),
  );
  app.use((request, _response, next) => next(pathNotFound(request))); // `*` is under no path: not the contract's
  app.use(errorHandler(options));
  return app;
}
