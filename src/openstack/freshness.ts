import type { Clock } from '../clock';
import type { FlavorAnswer } from '../registrations/flavor-directory';
import { isByAccessList } from '../registrations/visibility';
import type { Remembered } from './flavor-memory';

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

/** What the age of an answer allows. */
export class Freshness {
  constructor(private readonly options: FreshnessOptions) {}

  isFresh({ askedAt }: Remembered): boolean {
    return this.isYounger(askedAt, this.options.ttlSeconds);
  }

  /** Milliseconds since 1970-01-01T00:00:00Z. */
  freshUntil({ askedAt }: Remembered): number {
    return askedAt + this.options.ttlSeconds * 1000;
  }

  /** Whether it may be given now and renewed afterwards. */
  mayWait({ askedAt }: Remembered): boolean {
    return this.isYounger(askedAt, this.options.ttlSeconds + this.options.staleWhileRevalidateSeconds);
  }

  /** Whether it will do while Nova fails. */
  isUsable({ askedAt }: Remembered): boolean {
    return this.isYounger(askedAt, this.options.maxStaleSeconds);
  }

  /** What is from the future is of a clock that was wrong: nobody knows how old it is. */
  private isYounger(askedAt: number, seconds: number): boolean {
    const ageMs = this.options.clock.now() - askedAt;
    return ageMs >= 0 && ageMs < seconds * 1000;
  }
}

/** Whether an answer says all that is wanted; not when there is an access list that was not learned. */
export function suffices(answer: FlavorAnswer, { withAccess }: { readonly withAccess: boolean }): boolean {
  if (!withAccess || answer.status === 'missing') return true;
  return !isByAccessList(answer.flavor) || answer.access !== undefined;
}
