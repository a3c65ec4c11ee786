import type { CallContext } from './caller';
import { type RoleLists, requireAdmin } from './policy';
import type { EventQuery, RegistrationEvent } from './registration-event';
import type { RegistrationEvents } from './registration-events';
import { readLists } from './request-lists';

/** One page of events. */
export interface EventPage {
  /** Newest first. */
  readonly events: readonly RegistrationEvent[];
  /** The id before which the next page begins; undefined when nothing happened before. */
  readonly next: number | undefined;
}

/**
 * What has happened to the registrations, newest first. Nova is not asked.
 * @throws RegisteredFlavorsError `forbidden`; `invalid input` beyond a limit; and whatever the registry throws
 */
export async function getRegistrationEvents(
  ports: { events: RegistrationEvents; roles: RoleLists },
  call: CallContext,
  query: EventQuery,
): Promise<EventPage> {
  requireAdmin(call.caller, ports.roles, 'Reading what has happened');
  readLists(query.serviceTypes ?? [], query.flavorIds);
  const found = await ports.events.find({ ...query, limit: query.limit + 1 }); // one more tells of a next page
  const events = found.slice(0, query.limit);
  return { events, next: found.length > events.length ? events.at(-1)?.id : undefined };
}
