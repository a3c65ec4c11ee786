import type { Reading } from '../registrations/get-registered-flavors';
import { SERVICE_TYPE } from './api-version';

/**
 * Whether Nova had to be asked, in the words of RFC 9211: `hit` with the seconds until Nova will be asked again; `fwd`
 * with the reason why it was asked now. The registry itself is always up to date.
 */
export function cacheStatus({ view, askedFor }: Reading, now: number): string {
  if (askedFor === 'the unknown') return `${SERVICE_TYPE}; fwd=miss`;
  if (askedFor === 'the old') return `${SERVICE_TYPE}; fwd=stale`;
  const { goodUntil } = view.asOf;
  return Number.isFinite(goodUntil)
    ? `${SERVICE_TYPE}; hit; ttl=${Math.floor((goodUntil - now) / 1000)}`
    : `${SERVICE_TYPE}; hit`;
}
