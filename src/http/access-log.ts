import type { NextFunction, Request, Response } from 'express';
import { contextOf } from './request-context';

const LOGGED_URL_CHARACTERS = 500;
/** Keystone's tokens begin like this. None belongs into a URL, and some client puts one there all the same. */
const FERNET_TOKEN = /gAAAA[\w%-]+/g;

/** One line for each request, when its answer has gone out or its client has gone. */
export function accessLog() {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const { method, originalUrl } = request; // before anybody rewrites them
    response.once('close', () => {
      const { logger, caller } = contextOf(request);
      logger.info('request', {
        method,
        url: originalUrl.slice(0, LOGGED_URL_CHARACTERS).replace(FERNET_TOKEN, 'gAAAA***'),
        status: response.writableEnded ? response.statusCode : 'client gone',
        ms: Math.round((performance.now() - startedAt) * 100) / 100,
        user_id: caller?.userId,
        project_id: caller?.projectId,
      });
    });
    next();
  };
}
