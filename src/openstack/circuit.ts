import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen } from 'cockatiel';
import { describeError, type Logger } from '../logger';
import type { UpstreamErrors } from './upstream-errors';
import { UpstreamFailure } from './upstream-failure';

/** A failed call is followed by a probe at once: when that fails, too, it is not the one call but the service. */
const FAILURES_IN_A_ROW = 2;

export interface CircuitOptions {
  readonly errors: UpstreamErrors;
  /** Asks the service something cheap that it can only answer when it works; throws an UpstreamFailure when it does not. */
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
  /** The pause between two probes of a service that is away. */
  readonly probeIntervalMs: number;
  readonly logger: Logger;
}

/**
 * Keeps a service that is away from costing each caller a time-out: once it has failed twice in a row, callers hear so at
 * once. Probes, and no caller, find out when it is back: they begin with the first failure and end with the first success.
 */
export class Circuit {
  // It lets a test through at any time: only probes get to it while it is open, and they come when they are due.
  private readonly breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: 0,
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });
  private readonly end = new AbortController();
  private lastFailure: UpstreamFailure | undefined;
  private probing: NodeJS.Timeout | undefined;

  constructor(private readonly options: CircuitOptions) {
    const { logger, errors } = options;
    this.breaker.onFailure(({ reason }) => {
      if (!('error' in reason) || !isOutage(reason.error)) return;
      this.lastFailure = reason.error;
      this.probeAfter(0);
    });
    this.breaker.onSuccess(() => {
      // The answer to a call from before it went away says nothing: what closes it is a probe.
      if (!this.isOpen) this.lastFailure = undefined;
    });
    this.breaker.onBreak(() => {
      const reason = this.lastFailure?.told(errors).message;
      logger.warn(`${errors.service} is away: nobody waits for it until it answers a probe`, { reason });
    });
    this.breaker.onReset(() => {
      this.lastFailure = undefined;
      logger.info(`${errors.service} is back`);
    });
  }

  /** Whether callers are turned away. */
  get isOpen(): boolean {
    return this.breaker.state !== CircuitState.Closed;
  }

  /**
   * Makes a call, unless the service is away.
   * @throws UpstreamFailure `away`, without the call; and whatever the call throws
   */
  async execute<T>(call: () => Promise<T>): Promise<T> {
    if (this.isOpen && this.lastFailure !== undefined) {
      throw new UpstreamFailure({ kind: 'away', since: this.lastFailure });
    }
    return this.breaker.execute(call);
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
    try {
      if (this.lastFailure !== undefined) await this.breaker.execute(() => this.options.probe(this.end.signal));
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) this.options.logger.error('a probe failed', describeError(error));
    }
    this.probing = undefined;
    if (this.lastFailure !== undefined) this.probeAfter(this.options.probeIntervalMs);
  }
}

function isOutage(error: unknown): error is UpstreamFailure {
  return error instanceof UpstreamFailure && error.isOutage;
}
