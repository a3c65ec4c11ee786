import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AcceptedFlavor } from '../../registrations/flavor';
import type { FlavorId } from '../../registrations/flavor-id';
import type { Provenance, RegisteredFlavor, Registration } from '../../registrations/registration';
import type { RegistrationStore } from '../../registrations/registration-store';
import type { ServiceType, ServiceTypeInUse } from '../../registrations/service-type';
import { splitPairs } from '../split-pairs';
import { jsonList } from './listed';
import type { SqliteDatabase } from './sqlite-database';

/** How many pairs are read at once, at most: reading them stops everything else in this process. */
const MOST_ROWS = 10_000;

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
  ): Promise<{ registered: Registration[]; alreadyRegistered: Registration[] }> {
    const flavorIds = flavors.map(({ id }) => id);
    const lists = { serviceTypes: jsonList(serviceTypes), flavorIds: jsonList(flavorIds) };
    const added = await this.#database.write(() => {
      for (const flavor of flavors) this.#database.writes.acceptFlavor.run({ ...flavor, acceptedAt: provenance.at });
      return this.#database.writes.register.all({
        ...lists,
        ...provenance,
        globalRequestId: provenance.globalRequestId ?? null,
      });
    });
    const { changed, unchanged } = splitPairs(serviceTypes, flavorIds, added);
    return { registered: changed, alreadyRegistered: unchanged };
  }

  async deregister(
    serviceTypes: readonly ServiceType[],
    flavorIds: readonly FlavorId[],
  ): Promise<{ deregistered: Registration[]; notRegistered: Registration[] }> {
    const lists = { serviceTypes: jsonList(serviceTypes), flavorIds: jsonList(flavorIds) };
    const removed = await this.#database.write(() => {
      const rows = this.#database.writes.deregister.all(lists);
      if (rows.length > 0) this.#database.writes.forgetFlavors.run(lists);
      return rows;
    });
    const { changed, unchanged } = splitPairs(serviceTypes, flavorIds, removed);
    return { deregistered: changed, notRegistered: unchanged };
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

  async findNext(
    after: FlavorId | undefined,
    limit: number,
    flavorIds?: readonly FlavorId[],
  ): Promise<RegisteredFlavor[]> {
    await nextTurn(); // who goes through all of a large registry lets others pass in between
    const { findNext, findNextOf, findFlavors } = this.#database.reads;
    const range = { after: after ?? '', limit, rows: MOST_ROWS };
    return this.#database.read(() => {
      const rows =
        flavorIds === undefined ? findNext.all(range) : findNextOf.all({ ...range, flavorIds: jsonList(flavorIds) });
      const flavors = groupByFlavor(rows);
      if (rows.length < MOST_ROWS) return flavors;
      const last = flavors.pop(); // some of its types may be missing
      if (flavors.length > 0 || last === undefined) return flavors;
      return groupByFlavor(findFlavors.all({ flavorIds: jsonList([last.flavorId]) }));
    });
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
