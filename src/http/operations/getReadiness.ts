import type { RequestHandler } from 'express';
import type { components } from '../contract-types';
import { HttpFault } from '../http-fault';
import { OUT_OF_SERVICE_RETRY_AFTER_SECONDS } from '../out-of-service';

type Readiness = components['schemas']['Readiness'];

/** A replica that stops is replaced by others, or back by then. */
const STOPPING_RETRY_AFTER_SECONDS = 2;

export interface ReadinessSources {
  /** Throws what is to be answered while the registry cannot be used. Asked each time, so it has to be cheap. */
  readonly checkRegistry: () => void;
  readonly isStopping: () => boolean;
  /** Whether an operator has taken this process out of service. */
  readonly isOutOfService: () => boolean;
  /** What this service needs and has to do without just now. */
  readonly degraded: () => Readonly<Readiness['degraded']>;
}

/**
 * GET /readiness: 503 only for what another replica would do better. Without Nova or Keystone every replica is the
 * same, and all of them out of the load balancer would be an outage of what still works.
 */
export function getReadiness({
  checkRegistry,
  isStopping,
  isOutOfService,
  degraded,
}: ReadinessSources): RequestHandler {
  return (_request, response) => {
    if (isStopping()) throw stopping();
    if (isOutOfService()) throw outOfService();
    checkRegistry();
    const readiness: Readiness = { degraded: [...degraded()] };
    response.json(readiness);
  };
}

function stopping(): HttpFault {
  return new HttpFault(
    'stopping',
    { code: 'registered-flavors.service.stopping', detail: 'This process is stopping: send requests to another one.' },
    { headers: { 'Retry-After': String(STOPPING_RETRY_AFTER_SECONDS) } },
  );
}

function outOfService(): HttpFault {
  const detail = 'An operator has taken this process out of service: send requests to another one.';
  return new HttpFault(
    'stopping',
    { code: 'registered-flavors.service.disabled', detail },
    { headers: { 'Retry-After': String(OUT_OF_SERVICE_RETRY_AFTER_SECONDS) } },
  );
}
