import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from '../logger';
import type { CallContext, Caller } from '../registrations/caller';
import { API_VERSION_HEADER, CURRENT_VERSION } from './api-version';

/** Only ids of this form are taken over from a client: they end up in the logs of several services. */
const GLOBAL_ID_FORM = /^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const CONTEXT = Symbol('the context of a request');

/** What belongs to one request, from its arrival to its answer. What not every request needs is made when asked for. */
export class RequestContext {
  readonly requestId = `req-${randomUUID()}`;
  /** The client's own id, when it sent one. */
  readonly inboundGlobalRequestId: string | undefined;
  /** Set once the token has been validated. */
  caller: Caller | undefined;
  /** The real reason for a failed authentication: the contract's validator would rewrap it. */
  authenticationFailure: unknown;
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

  /** Aborted when the client has gone before its answer. */
  get signal(): AbortSignal {
    if (this.gone !== undefined) return this.gone.signal;
    const gone = (this.gone = new AbortController());
    const isOver = (): void => {
      if (!this.response.writableEnded) gone.abort();
    };
    if (this.response.closed) isOver();
    else this.response.once('close', isOver);
    return gone.signal;
  }
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
