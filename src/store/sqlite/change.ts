import { type AcceptedFlavor, sameSize } from '../../registrations/flavor';
import type { FlavorId } from '../../registrations/flavor-id';
import type { Provenance, Registration } from '../../registrations/registration';
import type { EventAction } from '../../registrations/registration-event';
import type { ServiceType } from '../../registrations/service-type';
import { jsonList } from './listed';
import type { SqliteDatabase } from './sqlite-database';

/**
 * What one request does to the registry, inside of its transaction: a row of its own in `changes`, as soon as it has done
 * something.
 */
export class Change {
  readonly #database: Pick<SqliteDatabase, 'reads' | 'writes'>;
  readonly #provenance: Omit<Provenance, 'globalRequestId'> & { globalRequestId: string | null };
  #id: number | undefined;

  constructor(database: Pick<SqliteDatabase, 'reads' | 'writes'>, provenance: Provenance) {
    this.#database = database;
    this.#provenance = { ...provenance, globalRequestId: provenance.globalRequestId ?? null };
  }

  /** Writes down what is accepted of flavors now; where it is another size, also as events. */
  accept(flavors: readonly AcceptedFlavor[]): void {
    const { acceptFlavor, recordAccepted } = this.#database.writes;
    const resized = this.#resized(flavors);
    if (resized.length > 0) recordAccepted.run({ changeId: this.#changeId(), flavorIds: jsonList(resized) });
    for (const flavor of flavors) acceptFlavor.run({ ...flavor, acceptedAt: this.#provenance.at });
  }

  /** Each of the types with each of the ids, whose flavors have been accepted: answers the pairs that are new. */
  add(serviceTypes: readonly ServiceType[], flavorIds: readonly FlavorId[]): Registration[] {
    const lists = { serviceTypes: jsonList(serviceTypes), flavorIds: jsonList(flavorIds) };
    return this.#database.writes.register.all({ ...this.#provenance, ...lists });
  }

  /** Each of the types with each of the ids: answers the pairs that stood. */
  remove(serviceTypes: readonly ServiceType[], flavorIds: readonly FlavorId[]): Registration[] {
    const lists = { serviceTypes: jsonList(serviceTypes), flavorIds: jsonList(flavorIds) };
    return this.#database.writes.deregister.all(lists);
  }

  /** Of these flavors, those that are left without any registration. */
  forget(flavorIds: readonly FlavorId[]): void {
    this.#database.writes.forgetFlavors.run({ flavorIds: jsonList(flavorIds) });
  }

  /** One event for each of the pairs. */
  record(action: EventAction, pairs: readonly Registration[]): void {
    if (pairs.length === 0) return;
    const listed = JSON.stringify(pairs.map(({ serviceType, flavorId }) => [serviceType, flavorId]));
    this.#database.writes.recordEvents.run({ changeId: this.#changeId(), action, pairs: listed });
  }

  #changeId(): number {
    this.#id ??= this.#database.writes.recordChange.get({ ...this.#provenance }).id;
    return this.#id;
  }

  /** Those of the flavors that were accepted in another size before. */
  #resized(flavors: readonly AcceptedFlavor[]): FlavorId[] {
    const flavorIds = jsonList(flavors.map(({ id }) => id));
    const standing = this.#database.reads.findAcceptedOf.all({ flavorIds });
    const before = new Map(standing.map((accepted) => [accepted.id, accepted]));
    return flavors.flatMap((flavor) => {
      const accepted = before.get(flavor.id);
      return accepted === undefined || sameSize(accepted, flavor) ? [] : [flavor.id];
    });
  }
}
