import { readEventTime } from '../registrations/event-time';
import { type EventQuery, MAX_EVENTS } from '../registrations/registration-event';
import { HttpFault } from './http-fault';
import { joined, list, one } from './query-text';
import { queryList, queryNumber, queryText } from './request-values';
import type { Query } from './target';

/**
 * Which events a query asks for.
 * @throws HttpFault 400 for a time that there is not, like the 30th of February
 */
export function readEventQuery(query: Query): EventQuery {
  return {
    serviceTypes: queryList(query, 'service_types'),
    flavorIds: queryList(query, 'flavor_ids'),
    userId: queryText(query, 'user_id'),
    since: readTime(query, 'since'),
    until: readTime(query, 'until'),
    before: queryNumber(query, 'marker'),
    limit: queryNumber(query, 'limit') ?? MAX_EVENTS,
  };
}

/** The query that asks for the same, "?" first. */
export function writeEventQuery({ serviceTypes, flavorIds, userId, since, until, before, limit }: EventQuery): string {
  return joined([
    ...list('service_types', serviceTypes),
    ...list('flavor_ids', flavorIds),
    ...one('user_id', userId),
    ...one('since', since === undefined ? undefined : new Date(since).toISOString()),
    ...one('until', until === undefined ? undefined : new Date(until).toISOString()),
    ...one('limit', limit),
    ...one('marker', before),
  ]);
}

/** The contract has checked the form (RFC 3339); whether there is such a day is only known when it is read. */
function readTime(query: Query, name: string): number | undefined {
  const text = queryText(query, name);
  if (text === undefined) return undefined;
  const time = readEventTime(text);
  if (time !== undefined) return time;
  throw new HttpFault('malformed', {
    code: 'registered-flavors.request.invalid',
    detail: `The query parameter ${name} names a time that there is not.`,
  });
}
