import type { RequestHandler } from 'express';
import type { components } from '../contract-types';
import { wasHead } from '../head-as-get';

const HEALTHY: components['schemas']['Health'] = { detailed: false, reasons: ['OK'] };

/** GET /healthcheck, in the form of oslo.middleware: 204 to HEAD, else text or JSON by Accept. */
export function getHealth(): RequestHandler {
  return (request, response) => {
    if (wasHead(request)) {
      response.status(204).end();
      return;
    }
    response.vary('Accept');
    if (request.accepts(['text', 'json']) === 'json') response.json(HEALTHY);
    else response.type('text').send('OK');
  };
}
