import type { Clock } from '../clock';
import type { LookUpOptions } from '../registrations/flavor-directory';

/** The bounds on the age of what Nova said (RFC 5861's terms). */
export interface FreshnessOptions {
  /** How long an answer of Nova is fresh. */
  readonly ttlSeconds: number;
  /** How long after that it is given at once, and renewed behind the reader. */
  readonly staleWhileRevalidateSeconds: number;
  /** How old an answer may be that has to do while Nova fails. */
  readonly maxStaleSeconds: number;
  readonly clock: Clock;
}

/** What the age of something that Nova said allows. Ages are counted from when Nova was asked. */
export class Freshness {
  constructor(private readonly options: FreshnessOptions) {}

  isFresh(askedAt: number): boolean {
    return this.isYounger(askedAt, this.options.ttlSeconds);
  }

  /** Milliseconds since 1970-01-01T00:00:00Z. */
  freshUntil(askedAt: number): number {
    return askedAt + this.options.ttlSeconds * 1000;
  }

  /** Whether it will do while Nova fails. Undefined: it was never said. */
  isUsable(askedAt: number | undefined): boolean {
    return askedAt !== undefined && this.isYounger(askedAt, this.options.maxStaleSeconds);
  }

  /** Whether it was said later than something else, as far as the clock can tell. */
  isLater(askedAt: number, than: number): boolean {
    return askedAt > than && this.isYounger(askedAt, Infinity);
  }

  /** What a reader does with it. */
  useOf(
    askedAt: number | undefined,
    accept: LookUpOptions['accept'],
    isNovaAway: boolean,
  ): 'as it is' | 'and renew' | 'ask first' {
    if (askedAt === undefined || accept === 'the new') return 'ask first';
    if (this.isFresh(askedAt)) return 'as it is';
    const { ttlSeconds, staleWhileRevalidateSeconds } = this.options;
    const mayWait = this.isYounger(askedAt, ttlSeconds + staleWhileRevalidateSeconds);
    const isUsable = mayWait || this.isUsable(askedAt);
    if (isNovaAway && isUsable) return 'as it is';
    return mayWait || (accept === 'the known' && isUsable) ? 'and renew' : 'ask first';
  }

  /** What is from the future is of a clock that was wrong: nobody knows how old it is. */
  private isYounger(askedAt: number, seconds: number): boolean {
    const ageMs = this.options.clock.now() - askedAt;
    return ageMs >= 0 && ageMs < seconds * 1000;
  }
}
