import type { CachedResponse } from './response-cache';
import { SERVICE_TYPE } from './api-version';

/**
 * Whether Nova had to be asked, in the words of RFC 9211: `hit` with the seconds for which what Nova said is fresh still,
 * less than none when it is stale; `fwd` with the reason why Nova was asked now. It speaks of the flavors shown and of no
 * others. The registry itself is always up to date.
 */
export function cacheStatus({ asOf, askedFor }: CachedResponse, now: number): string {
  if (askedFor === 'the unknown') return `${SERVICE_TYPE}; fwd=miss`;
  if (askedFor === 'the old') return `${SERVICE_TYPE}; fwd=stale`;
  const { shownUntil } = asOf;
  const ttl = Number.isFinite(shownUntil) ? `; ttl=${Math.floor((shownUntil - now) / 1000)}` : '';
  return `${SERVICE_TYPE}; hit${ttl}${askedFor === 'the old, in vain' ? '; detail=stale-if-error' : ''}`;
}
