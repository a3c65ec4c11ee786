import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from '../logger';
import type { CallContext, Caller } from '../registrations/caller';
import { API_VERSION_HEADER, CURRENT_VERSION } from './api-version';

/** Only ids of this form are taken over from a client: they end up in the logs of several services. */
const GLOBAL_ID_FORM = /^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What belongs to one request, from its arrival to its answer. */
export interface RequestContext {
  readonly requestId: string;
  /** The client's own id when it sent one, ours otherwise: what goes on to Nova and Keystone. */
  readonly globalRequestId: string;
  readonly inboundGlobalRequestId: string | undefined;
  readonly logger: Logger;
  /** Aborted when the client has gone before its answer. */
  readonly signal: AbortSignal;
  /** Set once the token has been validated. */
  caller: Caller | undefined;
  /** The real reason for a failed authentication: the contract's validator would rewrap it. */
  authenticationFailure: unknown;
}

const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** The context of a request; every request has one from its first middleware on. */
export function contextOf(request: IncomingMessage): RequestContext {
  const context = contexts.get(request);
  if (context === undefined)
    throw new Error('the request has no context: request-context must be the first middleware');
  return context;
}

/** The part of the context that the use cases need. Only for operations that need a token. */
export function callOf(request: IncomingMessage): CallContext {
  const { caller, requestId, globalRequestId, inboundGlobalRequestId, signal } = contextOf(request);
  if (caller === undefined) throw new Error('the operation was reached without authentication');
  return { caller, requestId, globalRequestId, inboundGlobalRequestId, signal };
}

/** Gives each request its id, its logger and its signal, and the headers that every answer carries. */
export function requestContext(logger: Logger) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const requestId = `req-${randomUUID()}`;
    const inbound = request.get('X-OpenStack-Request-Id');
    const inboundGlobalRequestId = inbound !== undefined && GLOBAL_ID_FORM.test(inbound) ? inbound : undefined;
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableEnded) gone.abort();
    });
    contexts.set(request, {
      requestId,
      globalRequestId: inboundGlobalRequestId ?? requestId,
      inboundGlobalRequestId,
      logger: logger.child({ request_id: requestId, global_request_id: inboundGlobalRequestId }),
      signal: gone.signal,
      caller: undefined,
      authenticationFailure: undefined,
    });
    response.set({
      'X-OpenStack-Request-Id': requestId,
      [API_VERSION_HEADER]: CURRENT_VERSION,
      'Cache-Control': 'no-cache',
    });
    next();
  };
}
