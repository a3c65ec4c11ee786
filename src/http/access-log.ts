import type { NextFunction, Request, Response } from 'express';
import type { OpenApiRequest } from 'express-openapi-validator/dist/framework/types';
import { logInfo, type Logger } from '../logger';
import type { Meter } from '../meter';
import type { Caller } from '../registrations/caller';
import { type Contract, operationIdOf } from './contract';
import { contextOf } from './request-context';

const LOGGED_URL_CHARACTERS = 500;
/** What Keystone's tokens look like, and what is called one. None belongs into a URL, and some client puts one there. */
const TOKEN = /(?<=token=)[^&]+|gAAAA[\w%-]+|eyJ[\w%-]+\.[\w%.-]+/gi;

/** One line for each request, and one count, when its answer has gone out or its client has gone. */
export function accessLog(contract: Contract, meter: Meter, logger: Logger) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const { method, originalUrl } = request; // before anybody rewrites them
    response.on('close', () => {
      const { requestId, inboundGlobalRequestId, caller, globalRequestId, errorCode, target } = contextOf(request);
      const ms = performance.now() - startedAt;
      const status = response.writableEnded ? response.statusCode : undefined; // one type: stores of logs insist on it
      const route = target?.route ?? (request as OpenApiRequest).openapi?.openApiRoute;
      const operation = target?.operationId ?? (route && operationIdOf(contract, route, request.method)) ?? 'none';
      meter.served({ operation, status: status ?? 'client gone', seconds: ms / 1000, errorCode });
      logInfo(logger, 'request', {
        request_id: requestId,
        global_request_id: inboundGlobalRequestId,
        method,
        url: originalUrl.slice(0, LOGGED_URL_CHARACTERS).replace(TOKEN, '***'),
        route,
        status,
        client_gone: response.writableEnded ? undefined : true,
        code: errorCode,
        ms: Math.round(ms * 100) / 100,
        bytes: Number(response.getHeader('Content-Length') ?? 0),
        nova_requests: meter.takeNovaRequests(globalRequestId),
        ...whoOf(caller),
      });
    });
    next();
  };
}

function whoOf(caller: Caller | undefined): { user_id?: string; project_id?: string | undefined } {
  return caller === undefined ? {} : { user_id: caller.userId, project_id: caller.projectId };
}
