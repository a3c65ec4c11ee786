import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { ErrorCode } from '../errors';
import type { Logger } from '../logger';
import type { CallContext, Caller } from '../registrations/caller';
import type { Declaration } from '../registrations/declaration';
import type { NextTurn } from '../registrations/in-turns';
import { API_VERSION_HEADER, CURRENT_VERSION } from './api-version';
import type { Target } from './target';

/** Only ids of this form are taken over from a client: they end up in the logs of several services. */
const GLOBAL_ID_FORM = /^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Made once, for the same reason as `abort` has a stack of its own. Nobody is there to read it. */
const CLIENT_GONE = new Error('the client has gone');
const CONTEXT = Symbol('the context of a request');

/** Where a request waits for its turns: see `FairTurns`. */
export interface TurnQueue {
  take(key: string): Promise<void> | undefined;
}
/** Until there is one. */
const NO_QUEUE: TurnQueue = { take: () => undefined };

/** What belongs to one request, from its arrival to its answer. What not every request needs is made when asked for. */
export class RequestContext {
  readonly requestId = `req-${randomUUID()}`;
  /** The client's own id, when it sent one. */
  readonly inboundGlobalRequestId: string | undefined;
  /** Set once the token has been validated. */
  caller: Caller | undefined;
  /** The code of the error that it was answered with. */
  errorCode: ErrorCode | undefined;
  /** Why the request was not admitted: the contract's validator would rewrap it. */
  refusal: unknown;
  /** What its body declares, where that is a document of registrations. */
  declaration: Declaration | undefined;
  /** What its target means, once the contract's validator has let it through. */
  target: Target | undefined;
  queue = NO_QUEUE;
  /** Whose turns it waits for. */
  queueKey = '';
  /** Whose the token is, where that was known when the request came. */
  knownCaller: Caller | undefined;
  private gone: AbortController | undefined;

  constructor(
    request: Request,
    private readonly response: Response,
    private readonly parentLogger: Logger,
  ) {
    const inbound = request.headers['x-openstack-request-id'];
    this.inboundGlobalRequestId = typeof inbound === 'string' && GLOBAL_ID_FORM.test(inbound) ? inbound : undefined;
  }

  /** What goes on to Nova and Keystone. */
  get globalRequestId(): string {
    return this.inboundGlobalRequestId ?? this.requestId;
  }

  get logger(): Logger {
    return this.parentLogger.child({ request_id: this.requestId, global_request_id: this.inboundGlobalRequestId });
  }

  /** Asked between pieces of long work; a function of its own, so that the use cases may take it along. */
  get nextTurn(): NextTurn {
    return () => this.takeTurn();
  }

  takeTurn(): Promise<void> | undefined {
    return this.queue.take(this.queueKey);
  }

  /** Whether the client has gone before its answer. */
  get isAbandoned(): boolean {
    return this.response.closed && !this.response.writableEnded;
  }

  /** Aborted when the client has gone before its answer. */
  get signal(): AbortSignal {
    if (this.gone !== undefined) return this.gone.signal;
    const gone = (this.gone = new AbortController());
    if (this.isAbandoned) gone.abort();
    else
      this.response.once('close', () => {
        if (this.isAbandoned) process.nextTick(abort, gone);
      });
    return gone.signal;
  }

  /** Waits for work that others may wait for, too: when the client leaves, the request does not wait with them. */
  whileHere<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(resolve, reject); // and nothing of ours: whatever the work holds stays as long as it does
      this.response.once('close', () => reject(CLIENT_GONE));
    });
  }
}

/**
 * On a stack of its own, and no closure: an error that is made because of this keeps the objects on its stack, and whoever
 * waits for Nova keeps the error. The request would stay in memory with all that is pipelined behind it.
 */
function abort(gone: AbortController): void {
  gone.abort();
}

type InContext = IncomingMessage & { [CONTEXT]?: RequestContext };

/** The context of a request; every request has one from its first middleware on. */
export function contextOf(request: IncomingMessage): RequestContext {
  const context = (request as InContext)[CONTEXT];
  if (context === undefined)
    throw new Error('the request has no context: request-context must be the first middleware');
  return context;
}

/** The part of the context that the use cases need. Only for operations that need a token. */
export function callOf(request: IncomingMessage): CallContext {
  const context = contextOf(request);
  if (!isCall(context)) throw new Error('the operation was reached without authentication');
  return context;
}

/** What the target of a request means: only for the handlers of operations. */
export function targetOf(request: IncomingMessage): Target {
  const { target } = contextOf(request);
  if (target === undefined) throw new Error('the operation was reached past the contract');
  return target;
}

/** What the body of a request declares: only for the handlers of operations that take a document of registrations. */
export function declarationOf(request: IncomingMessage): Declaration {
  const { declaration } = contextOf(request);
  if (declaration === undefined) throw new Error('the operation was reached without its document');
  return declaration;
}

function isCall(context: RequestContext): context is RequestContext & { caller: Caller } {
  return context.caller !== undefined;
}

/** Gives each request its context, and the headers that every answer carries. */
export function requestContext(logger: Logger) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const context = new RequestContext(request, response, logger);
    (request as InContext)[CONTEXT] = context;
    response.setHeader('X-OpenStack-Request-Id', context.requestId);
    response.setHeader(API_VERSION_HEADER, CURRENT_VERSION);
    response.setHeader('Cache-Control', 'no-cache');
    next();
  };
}
