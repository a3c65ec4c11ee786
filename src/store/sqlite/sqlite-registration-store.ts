import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AcceptedFlavor, sameSize } from '../../registrations/flavor';
import type { FlavorId } from '../../registrations/flavor-id';
import type { Provenance, RegisteredFlavor, Registration } from '../../registrations/registration';
import type { RegistrationStore, WriteOptions } from '../../registrations/registration-store';
import type { ServiceType, ServiceTypeInUse } from '../../registrations/service-type';
import { splitPairs } from '../split-pairs';
import { Change } from './change';
import { jsonList } from './listed';
import type { SqliteDatabase } from './sqlite-database';

/** How many pairs are read for one page, at most: reading them stops everything else in this process. */
const MOST_ROWS = 10_000;
/** As SQLite writes it. */
const NO_LIMIT = -1;

type Range = Parameters<RegistrationStore['findAccepted']>[0];

/** The registry in one SQLite file. Several processes may share the file; nothing is remembered outside of it. */
export class SqliteRegistrationStore implements RegistrationStore {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async register(
    serviceTypes: readonly ServiceType[],
    flavors: readonly AcceptedFlavor[],
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<{ registered: Registration[]; alreadyRegistered: Registration[] }> {
    const flavorIds = flavors.map(({ id }) => id);
    const lists = { serviceTypes: jsonList(serviceTypes), flavorIds: jsonList(flavorIds) };
    const { acceptFlavor, register } = this.#database.writes;
    return this.#database.write(() => {
      const resized = this.#resized(flavors);
      const change = this.#change(provenance);
      if (resized.length > 0)
        this.#database.writes.recordAccepted.run({ changeId: change.id(), flavorIds: jsonList(resized) });
      for (const flavor of flavors) acceptFlavor.run({ ...flavor, acceptedAt: provenance.at });
      const added = register.all({ ...lists, ...provenance, globalRequestId: provenance.globalRequestId ?? null });
      const { changed, unchanged } = splitPairs(serviceTypes, flavorIds, added);
      change.record('registered', changed);
      return { registered: changed, alreadyRegistered: unchanged };
    }, options);
  }

  async deregister(
    serviceTypes: readonly ServiceType[],
    flavorIds: readonly FlavorId[],
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<{ deregistered: Registration[]; notRegistered: Registration[] }> {
    const lists = { serviceTypes: jsonList(serviceTypes), flavorIds: jsonList(flavorIds) };
    const { deregister, forgetFlavors } = this.#database.writes;
    return this.#database.write(() => {
      const removed = deregister.all(lists);
      if (removed.length > 0) forgetFlavors.run(lists);
      const { changed, unchanged } = splitPairs(serviceTypes, flavorIds, removed);
      this.#change(provenance).record('deregistered', changed);
      return { deregistered: changed, notRegistered: unchanged };
    }, options);
  }

  revision(): number {
    return this.#database.revision();
  }

  async find(serviceTypes: readonly ServiceType[], flavorIds?: readonly FlavorId[]): Promise<RegisteredFlavor[]> {
    const { find, findPairs } = this.#database.reads;
    const types = jsonList(serviceTypes);
    const rows = this.#database.read(() =>
      flavorIds === undefined
        ? find.all({ serviceTypes: types })
        : findPairs.all({ serviceTypes: types, flavorIds: jsonList(flavorIds) }),
    );
    return groupByFlavor(rows);
  }

  async findAccepted({ after = '', limit = NO_LIMIT, flavorIds }: Range): Promise<AcceptedFlavor[]> {
    if (limit === NO_LIMIT) await nextTurn(); // who goes through all of a large registry lets others pass before
    const { findAccepted, findAcceptedOf } = this.#database.reads;
    return this.#database.read(() =>
      flavorIds === undefined
        ? findAccepted.all({ after, limit })
        : findAcceptedOf.all({ after, limit, flavorIds: jsonList(flavorIds) }),
    );
  }

  async findFlavors(flavorIds: readonly FlavorId[]): Promise<RegisteredFlavor[]> {
    const rows = this.#findFlavors(flavorIds, MOST_ROWS);
    const flavors = groupByFlavor(rows);
    if (rows.length < MOST_ROWS) return flavors;
    const last = flavors.pop(); // some of its types may be missing
    if (flavors.length > 0 || last === undefined) return flavors;
    return groupByFlavor(this.#findFlavors([last.flavorId], NO_LIMIT));
  }

  async findIds(): Promise<FlavorId[]> {
    return this.#database.read(() => this.#database.reads.findIds.all()).map(({ flavorId }) => flavorId);
  }

  async findServiceTypes(): Promise<ServiceTypeInUse[]> {
    return this.#database.read(() => this.#database.reads.findServiceTypes.all());
  }

  async findServiceTypesOf(flavorIds: readonly FlavorId[]): Promise<ServiceType[]> {
    const { findServiceTypesOf } = this.#database.reads;
    const rows = this.#database.read(() => findServiceTypesOf.all({ flavorIds: jsonList(flavorIds) }));
    return rows.map(({ serviceType }) => serviceType);
  }

  requireCurrent(): void {
    this.#database.requireCurrent();
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #findFlavors(flavorIds: readonly FlavorId[], rows: number): Row[] {
    const { findFlavors } = this.#database.reads;
    return this.#database.read(() => findFlavors.all({ flavorIds: jsonList(flavorIds), rows }));
  }

  /** Those of the flavors that were accepted in another size before. */
  #resized(flavors: readonly AcceptedFlavor[]): FlavorId[] {
    const standing = this.#database.reads.findAcceptedOf.all({
      ...{ after: '', limit: NO_LIMIT },
      flavorIds: jsonList(flavors.map(({ id }) => id)),
    });
    const before = new Map(standing.map((accepted) => [accepted.id, accepted]));
    return flavors.flatMap((flavor) => {
      const accepted = before.get(flavor.id);
      return accepted === undefined || sameSize(accepted, flavor) ? [] : [flavor.id];
    });
  }

  /** A change of the registry, written down as soon as there is something of it. */
  #change(provenance: Provenance): Change {
    return new Change(this.#database.writes, provenance);
  }
}

type Row = AcceptedFlavor & { readonly serviceType: ServiceType };

/**
 * The rows arrive sorted by flavor, then type. Each has a text of its own for the type: one for all is enough, for what
 * is found may be kept.
 */
function groupByFlavor(rows: readonly Row[]): RegisteredFlavor[] {
  const flavors: (RegisteredFlavor & { serviceTypes: ServiceType[] })[] = [];
  const types = new Map<string, ServiceType>();
  for (const { serviceType: found, ...accepted } of rows) {
    const serviceType = types.get(found) ?? found;
    types.set(serviceType, serviceType);
    const last = flavors.at(-1);
    if (last?.flavorId === accepted.id) last.serviceTypes.push(serviceType);
    else flavors.push({ flavorId: accepted.id, accepted, serviceTypes: [serviceType] });
  }
  return flavors;
}
