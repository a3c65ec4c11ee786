import type { RequestHandler } from 'express';
import { RegisteredFlavorsError } from '../../errors';
import type { Logger } from '../../logger';
import type { components } from '../contract-types';
import { HttpFault } from '../http-fault';
import { OUT_OF_SERVICE_RETRY_AFTER_SECONDS } from '../out-of-service';
import { describeFailure } from '../problem';

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
  readonly logger: Logger;
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
  logger,
}: ReadinessSources): RequestHandler {
  const tellRegistry = onceForEachChange(logger);
  return (_request, response) => {
    if (isStopping()) throw stopping();
    if (isOutOfService()) throw outOfService();
    const trouble = troubleOf(checkRegistry);
    tellRegistry(trouble);
    if (trouble !== undefined) throw registryUnusable(trouble);
    const readiness: Readiness = { degraded: [...degraded()] };
    response.json(readiness);
  };
}

/** Why the registry cannot be used, as far as that is foreseen. */
function troubleOf(check: () => void): RegisteredFlavorsError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof RegisteredFlavorsError) return error;
    throw error;
  }
}

/** What is wrong is for the operator: in the log once, and not at each question of a load balancer. */
function onceForEachChange(logger: Logger): (trouble: RegisteredFlavorsError | undefined) => void {
  let told: string | undefined;
  return (trouble) => {
    if (trouble?.message === told) return;
    told = trouble?.message;
    if (trouble === undefined) logger.info('ready again: the registry can be used');
    else logger.warn('not ready', describeFailure(trouble)?.fields);
  };
}

/** Anybody may ask: the same code, without the reason. */
function registryUnusable({ problems, retryAfterSeconds }: RegisteredFlavorsError): HttpFault {
  const detail = 'This process cannot use its registry: send requests to another one. Its log has the reason.';
  return new HttpFault(
    'not ready',
    problems.map(({ code }) => ({ code, detail })),
    { headers: retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) } },
  );
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
