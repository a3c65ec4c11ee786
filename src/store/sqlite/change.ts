import type { AcceptedFlavor } from '../../registrations/flavor';
import type { FlavorId } from '../../registrations/flavor-id';
import type { Provenance, Registration } from '../../registrations/registration';
import type { EventAction } from '../../registrations/registration-event';
import type { ServiceType } from '../../registrations/service-type';
import { jsonList } from './listed';
import { ROWS_AT_ONCE, type WriteConnection } from './write-connection';

/**
 * What one request does to the registry, inside of its transaction: a row of its own in `changes`, as soon as it has done
 * something.
 */
export class Change {
  readonly #connection: WriteConnection;
  readonly #provenance: Omit<Provenance, 'globalRequestId'> & { globalRequestId: string | null };
  #id: number | undefined;

  constructor(connection: WriteConnection, provenance: Provenance) {
    this.#connection = connection;
    this.#provenance = { ...provenance, globalRequestId: provenance.globalRequestId ?? null };
  }

  /** Writes down what is accepted of flavors now; where it is another size, also as events. */
  async accept(flavors: readonly AcceptedFlavor[]): Promise<void> {
    const { reads, writes } = this.#connection;
    const resized: FlavorId[] = [];
    await this.#connection.eachPiece(flavors, (piece) => {
      const listed = JSON.stringify(piece.map(toColumns));
      resized.push(...reads.findResized.all({ flavors: listed }).map(({ flavorId }) => flavorId));
      writes.acceptFlavors.run({ flavors: listed, acceptedAt: this.#provenance.at });
    });
    // One by one: each may be registered for very many types.
    await this.#connection.eachPiece(
      resized,
      (flavorIds) => writes.recordAccepted.run({ changeId: this.#changeId(), flavorIds: jsonList(flavorIds) }),
      1,
    );
  }

  /** These pairs, whose flavors have been accepted. */
  async addPairs(pairs: readonly Registration[]): Promise<void> {
    const { registerPairs } = this.#connection.writes;
    await this.#connection.eachPiece(pairs, (piece) =>
      registerPairs.run({ ...this.#provenance, pairs: listPairs(piece) }),
    );
  }

  /** These pairs. */
  async removePairs(pairs: readonly Registration[]): Promise<void> {
    const { deregisterPairs } = this.#connection.writes;
    await this.#connection.eachPiece(pairs, (piece) => deregisterPairs.run({ pairs: listPairs(piece) }));
  }

  /** Each of the types with each of the ids, whose flavors have been accepted: answers the pairs that are new. */
  async add(serviceTypes: readonly ServiceType[], flavorIds: readonly FlavorId[]): Promise<Registration[]> {
    const added: Registration[] = [];
    await this.#eachOfTypes(serviceTypes, flavorIds, (lists) => {
      added.push(...this.#connection.writes.register.all({ ...this.#provenance, ...lists }));
    });
    return added;
  }

  /** Each of the types with each of the ids: answers the pairs that stood. */
  async remove(serviceTypes: readonly ServiceType[], flavorIds: readonly FlavorId[]): Promise<Registration[]> {
    const removed: Registration[] = [];
    await this.#eachOfTypes(serviceTypes, flavorIds, (lists) => {
      removed.push(...this.#connection.writes.deregister.all(lists));
    });
    return removed;
  }

  /** Of these flavors, those that are left without any registration. */
  async forget(flavorIds: readonly FlavorId[]): Promise<void> {
    const { forgetFlavors } = this.#connection.writes;
    await this.#connection.eachPiece(flavorIds, (piece) => forgetFlavors.run({ flavorIds: jsonList(piece) }));
  }

  /** One event for each of the pairs. */
  async record(action: EventAction, pairs: readonly Registration[]): Promise<void> {
    const { recordEvents } = this.#connection.writes;
    await this.#connection.eachPiece(pairs, (piece) =>
      recordEvents.run({ changeId: this.#changeId(), action, pairs: listPairs(piece) }),
    );
  }

  async #eachOfTypes(
    serviceTypes: readonly ServiceType[],
    flavorIds: readonly FlavorId[],
    run: (lists: { serviceTypes: string; flavorIds: string }) => void,
  ): Promise<void> {
    const types = jsonList(serviceTypes);
    await this.#connection.eachPiece(
      flavorIds,
      (piece) => run({ serviceTypes: types, flavorIds: jsonList(piece) }),
      Math.ceil(ROWS_AT_ONCE / serviceTypes.length),
    );
  }

  #changeId(): number {
    this.#id ??= this.#connection.writes.recordChange.get({ ...this.#provenance }).id;
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
