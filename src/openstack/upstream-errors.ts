import { type ErrorCode, RegisteredFlavorsError } from '../errors';

/** When the service does not say itself. "At once" (0) would only make callers hammer. */
const RETRY_AFTER_SECONDS = 5;

/** How the failures of one OpenStack service are told to our callers. */
export interface UpstreamErrors {
  /** The service's name, for people. */
  readonly service: 'Nova' | 'Keystone';
  /** It cannot be reached, is overloaded or refuses us: another try later makes sense. */
  unavailable(
    detail: string,
    options?: { cause?: unknown; retryAfterSeconds?: number | undefined },
  ): RegisteredFlavorsError;
  /** It did not answer in time. */
  timedOut(detail: string, options?: { cause?: unknown }): RegisteredFlavorsError;
  /** Its answer makes no sense. */
  answeredBadly(detail: string, options?: { cause?: unknown }): RegisteredFlavorsError;
}

/** Nova's failures: 503, 504 and 502 are told apart. */
export const novaErrors: UpstreamErrors = {
  service: 'Nova',
  unavailable: (detail, options = {}) => unavailable('registered-flavors.nova.unavailable', detail, options),
  timedOut: (detail, options = {}) =>
    new RegisteredFlavorsError('upstream timed out', { code: 'registered-flavors.nova.timeout', detail }, options),
  answeredBadly: (detail, options = {}) =>
    new RegisteredFlavorsError(
      'upstream answered badly',
      { code: 'registered-flavors.nova.bad_answer', detail },
      options,
    ),
};

/**
 * Keystone's failures are all one to a caller: the token could not be checked, try again later. keystonemiddleware
 * does the same (ServiceError becomes 503).
 */
export const keystoneErrors: UpstreamErrors = {
  service: 'Keystone',
  unavailable: (detail, options = {}) => unavailable('registered-flavors.keystone.unavailable', detail, options),
  timedOut: (detail, options = {}) => unavailable('registered-flavors.keystone.unavailable', detail, options),
  answeredBadly: (detail, options = {}) => unavailable('registered-flavors.keystone.unavailable', detail, options),
};

function unavailable(
  code: ErrorCode,
  detail: string,
  options: { cause?: unknown; retryAfterSeconds?: number | undefined },
): RegisteredFlavorsError {
  return new RegisteredFlavorsError(
    'unavailable',
    { code, detail },
    { cause: options.cause, retryAfterSeconds: options.retryAfterSeconds || RETRY_AFTER_SECONDS },
  );
}
