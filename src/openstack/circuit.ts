import { describeError, type Logger } from '../logger';
import type { UpstreamErrors } from './upstream-errors';
import { UpstreamFailure } from './upstream-failure';

export interface CircuitOptions {
  readonly errors: UpstreamErrors;
  /** Asks the service something cheap that it can only answer when it works; throws an UpstreamFailure when it does not. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
  /** The pause between two probes of a service that is away. */
  readonly probeIntervalMs: number;
  readonly logger: Logger;
}

/**
 * Keeps a service that is away from costing each caller a time-out: a circuit breaker that only probes open and close.
 *
 * A call that fails may have met a flavor that Nova stumbles over, or carry a token that Keystone cannot stand: it only
 * starts a probe. When that fails, too, it is the service, and callers are turned away until a probe succeeds. So no
 * caller can have the others turned away, and none waits to find out whether the service is back.
 */
export class Circuit {
  private readonly end = new AbortController();
  /** Why callers are turned away; undefined while they are not. */
  private away: UpstreamFailure | undefined;
  private probing: NodeJS.Timeout | undefined;
  /** Whether a call has succeeded since the last probe began. */
  private hasAnswered = false;

  constructor(private readonly options: CircuitOptions) {}

  /** Whether callers are turned away. */
  get isOpen(): boolean {
    return this.away !== undefined;
  }

  /**
   * Makes a call, unless the service is away.
   * @throws UpstreamFailure `away`, without the call; and whatever the call throws
   */
  async execute<T>(call: () => Promise<T>): Promise<T> {
    if (this.away !== undefined) throw new UpstreamFailure({ kind: 'away', since: this.away });
    try {
      const answer = await call();
      this.hasAnswered = true;
      return answer;
    } catch (error) {
      if (isOutage(error)) this.probeAfter(0);
      throw error;
    }
  }

  /** Ends the probing. */
  close(): void {
    this.end.abort();
    clearTimeout(this.probing);
  }

  private probeAfter(delayMs: number): void {
    if (this.end.signal.aborted) return;
    this.probing ??= setTimeout(() => void this.probe(), delayMs).unref();
  }

  private async probe(): Promise<void> {
    this.hasAnswered = false;
    try {
      await this.options.probe(this.end.signal);
      this.take(undefined);
    } catch (error) {
      // What says nothing of the service (our own end, our own bounds) leaves everything as it is. A probe that hung is
      // no outage when the service has answered others meanwhile.
      if (isOutage(error)) this.take(this.hasAnswered ? undefined : error);
      else if (!(error instanceof UpstreamFailure)) this.options.logger.error('a probe failed', describeError(error));
    }
    this.probing = undefined;
    if (this.isOpen) this.probeAfter(this.options.probeIntervalMs);
  }

  private take(away: UpstreamFailure | undefined): void {
    const { logger, errors } = this.options;
    const wasOpen = this.isOpen;
    this.away = away;
    if (away !== undefined && !wasOpen) {
      const reason = away.told(errors).message;
      logger.warn(`${errors.service} is away: nobody waits for it until it answers a probe`, { reason });
    } else if (away === undefined && wasOpen) logger.info(`${errors.service} is back`);
  }
}

function isOutage(error: unknown): error is UpstreamFailure {
  return error instanceof UpstreamFailure && error.isOutage;
}
