import type { AcceptedFlavor } from '../../registrations/flavor';
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
    if (flavors.length === 0) return;
    const { acceptFlavors, recordAccepted } = this.#database.writes;
    const listed = JSON.stringify(flavors.map(toColumns));
    const resized = this.#database.reads.findResized.all({ flavors: listed }).map(({ flavorId }) => flavorId);
    if (resized.length > 0) recordAccepted.run({ changeId: this.#changeId(), flavorIds: jsonList(resized) });
    acceptFlavors.run({ flavors: listed, acceptedAt: this.#provenance.at });
  }

  /** These pairs, whose flavors have been accepted. */
  addPairs(pairs: readonly Registration[]): void {
    this.#database.writes.registerPairs.run({ ...this.#provenance, pairs: listPairs(pairs) });
  }

  /** These pairs. */
  removePairs(pairs: readonly Registration[]): void {
    this.#database.writes.deregisterPairs.run({ pairs: listPairs(pairs) });
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
    this.#database.writes.recordEvents.run({ changeId: this.#changeId(), action, pairs: listPairs(pairs) });
  }

  #changeId(): number {
    this.#id ??= this.#database.writes.recordChange.get({ ...this.#provenance }).id;
    return this.#id;
  }
}

function listPairs(pairs: readonly Registration[]): string {
  return JSON.stringify(pairs.map(({ serviceType, flavorId }) => [serviceType, flavorId]));
}

/** In the order of the table `accepted_flavors`. */
function toColumns({ id, name, ram, vcpus, disk, ephemeral, swap, isPublic }: AcceptedFlavor): unknown[] {
  return [id, name, ram, vcpus, disk, ephemeral, swap, isPublic ? 1 : 0];
}
