import type { RequestHandler } from 'express';
import type { components } from '../contract-types';
import { wasHead } from '../head-as-get';
import { OUT_OF_SERVICE_RETRY_AFTER_SECONDS } from '../out-of-service';

type Health = components['schemas']['Health'];

const HEALTHY: Health = { detailed: false, reasons: ['OK'] };
const DISABLED: Health = { detailed: false, reasons: ['DISABLED BY FILE'] };

/**
 * GET /healthcheck, in the form of oslo.middleware: text or JSON by Accept, 204 to HEAD; 503 while a file is there, with
 * which operators take a process out of service by hand (its backend `disable_by_file`).
 */
export function getHealth(isOutOfService: () => boolean): RequestHandler {
  return (request, response) => {
    const isDisabled = isOutOfService();
    if (isDisabled) response.status(503).setHeader('Retry-After', String(OUT_OF_SERVICE_RETRY_AFTER_SECONDS));
    if (wasHead(request)) {
      response.status(isDisabled ? 503 : 204).end();
      return;
    }
    const health = isDisabled ? DISABLED : HEALTHY;
    response.vary('Accept');
    if (request.accepts(['text', 'json']) === 'json') response.json(health);
    else response.type('text').send(health.reasons.join(' '));
  };
}
