import type { EventQuery, RegistrationEvent } from './registration-event';

/**
 * What has happened to the registrations. Every write of `RegistrationStore` adds to it in its own transaction: what has
 * happened stands here, and what stands here has happened.
 *
 * Fails with `unavailable` (`registered-flavors.registry.unavailable`), as the registry does.
 */
export interface RegistrationEvents {
  /** The newest of the events that are wanted, newest first. */
  find(query: EventQuery): Promise<RegistrationEvent[]>;

  /**
   * Forgets what happened before a time (milliseconds since 1970-01-01T00:00:00Z), in short steps between which others may
   * write. It goes on as long as somebody takes its numbers, and may be ended and begun again at any of them.
   * @returns how many events each step has forgotten
   */
  prune(before: number): AsyncIterable<number>;
}
