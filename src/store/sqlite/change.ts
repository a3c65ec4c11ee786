import type { EventAction } from '../../registrations/registration-event';
import type { Provenance, Registration } from '../../registrations/registration';
import type { prepareWrites } from './write-statements';

/** What one request has done to the registry: a row of its own, as soon as it has done something. */
export class Change {
  readonly #writes: ReturnType<typeof prepareWrites>;
  readonly #provenance: Provenance;
  #id: number | undefined;

  constructor(writes: ReturnType<typeof prepareWrites>, provenance: Provenance) {
    this.#writes = writes;
    this.#provenance = provenance;
  }

  id(): number {
    const { globalRequestId = null } = this.#provenance;
    this.#id ??= this.#writes.recordChange.get({ ...this.#provenance, globalRequestId }).id;
    return this.#id;
  }

  record(action: EventAction, pairs: readonly Registration[]): void {
    if (pairs.length === 0) return;
    const listed = JSON.stringify(pairs.map(({ serviceType, flavorId }) => [serviceType, flavorId]));
    this.#writes.recordEvents.run({ changeId: this.id(), action, pairs: listed });
  }
}
