import type { FlavorId } from './flavor-id';
import type { Provenance } from './registration';
import type { ServiceType } from './service-type';

/** What may happen to a pair. `size_accepted`: it stood already, and its flavor's size is another one from now on. */
export const EVENT_ACTIONS = ['registered', 'deregistered', 'size_accepted'] as const;
export type EventAction = (typeof EVENT_ACTIONS)[number];

/** Something that happened to one pair, with who did it, when and with which request. */
export interface RegistrationEvent extends Provenance {
  /** Greater than that of everything that happened before it in this registry, whatever the clocks said. */
  readonly id: number;
  readonly action: EventAction;
  readonly serviceType: ServiceType;
  readonly flavorId: FlavorId;
}

/** How many events one page may hold, and holds unless less is asked for. */
export const MAX_EVENTS = 1000;

/** Which events are wanted: all that is given has to be so. */
export interface EventQuery {
  readonly serviceTypes: readonly ServiceType[] | undefined;
  readonly flavorIds: readonly FlavorId[] | undefined;
  readonly userId: string | undefined;
  /** Not before this time; milliseconds since 1970-01-01T00:00:00Z. */
  readonly since: number | undefined;
  /** Before this time. */
  readonly until: number | undefined;
  /** Only what happened before the event with this id. */
  readonly before: number | undefined;
  readonly limit: number;
}
