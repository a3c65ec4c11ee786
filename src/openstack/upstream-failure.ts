import type { RegisteredFlavorsError } from '../errors';
import type { UpstreamErrors } from './upstream-errors';

/** Why one try towards an OpenStack service failed. Holds no AxiosError: that would print the token when logged. */
export type UpstreamFailureReason =
  | { readonly kind: 'unreachable'; readonly code: string }
  | { readonly kind: 'overloaded'; readonly status: number; readonly retryAfterSeconds: number | undefined }
  | { readonly kind: 'too many bytes in flight' }
  | { readonly kind: 'too slow'; readonly timeoutMs: number }
  | { readonly kind: 'out of time' }
  | { readonly kind: 'broken'; readonly what: string }
  | { readonly kind: 'too large'; readonly maxBytes: number }
  /** Not tried at all. */
  | { readonly kind: 'away'; readonly since: UpstreamFailure };

/** A failed try. The last one of a call is told to the caller as {@link told} says. */
export class UpstreamFailure extends Error {
  constructor(readonly reason: UpstreamFailureReason) {
    super(reason.kind);
    this.name = 'UpstreamFailure';
  }

  /** Whether the same request may well succeed a moment later. A time-out is not tried again: it has cost enough. */
  get isPassing(): boolean {
    return ['unreachable', 'overloaded', 'too many bytes in flight', 'broken'].includes(this.reason.kind);
  }

  /** Whether it may well be that the whole service does not work, and not just this one request. */
  get isOutage(): boolean {
    return ['unreachable', 'overloaded', 'too slow', 'broken'].includes(this.reason.kind);
  }

  /** How long the service asked to be left alone, in seconds. */
  get retryAfterSeconds(): number | undefined {
    if (this.reason.kind === 'away') return this.reason.since.retryAfterSeconds;
    return this.reason.kind === 'overloaded' ? this.reason.retryAfterSeconds : undefined;
  }

  /** The failure in the words of the service that failed. */
  told(errors: UpstreamErrors): RegisteredFlavorsError {
    const { reason } = this;
    const { service } = errors;
    switch (reason.kind) {
      case 'unreachable':
        return errors.unavailable(`${service} cannot be reached (${reason.code}). Try again later.`);
      case 'overloaded':
        return errors.unavailable(`${service} answered ${reason.status}. Try again later.`, {
          retryAfterSeconds: reason.retryAfterSeconds,
        });
      case 'too many bytes in flight':
        return errors.unavailable(`Too many answers of ${service} are being read at this moment. Try again later.`);
      case 'too slow':
        return errors.timedOut(`${service} did not answer within ${reason.timeoutMs} ms.`);
      case 'out of time':
        return errors.timedOut(`${service} did not give all that was asked before the deadline.`);
      case 'broken':
        return errors.answeredBadly(`${service} ${reason.what}.`);
      case 'too large':
        return errors.answeredBadly(`${service} sent more than ${reason.maxBytes} bytes in one answer.`, {
          cause: this,
        });
      case 'away':
        return errors.unavailable(
          `${service} is away, and has not come back yet: ${reason.since.told(errors).message}`,
          {
            retryAfterSeconds: this.retryAfterSeconds,
          },
        );
    }
  }
}

/** Whether a failure, as it was told, is that of an answer with too many bytes: asking for less would help. */
export function isTooLarge(error: unknown): error is Error {
  return error instanceof Error && error.cause instanceof UpstreamFailure && error.cause.reason.kind === 'too large';
}
