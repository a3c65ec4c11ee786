import type { Clock } from '../clock';

/** So many failed tries may be made good at once: those of the requests that run side by side, and some. */
const MOST_AT_ONCE = 30;
/** Afterwards so many a second, over all callers: a service in trouble gets that much more from us, and no multiple. */
const PER_SECOND = 2;

/** Bounds the retries towards one service in total, however many of its callers' requests fail (a token bucket). */
export class RetryBudget {
  private left = MOST_AT_ONCE;
  private countedAt: number;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {
    this.countedAt = clock.monotonic();
  }

  /** Whether one more failed try may be made good. */
  take(): boolean {
    const now = this.clock.monotonic();
    const seconds = (now - this.countedAt) / 1000;
    this.left = Math.min(MOST_AT_ONCE, this.left + seconds * PER_SECOND);
    this.countedAt = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
