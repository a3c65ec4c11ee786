import type { AcceptedFlavor } from '../../registrations/flavor';
import type { FlavorId } from '../../registrations/flavor-id';
import type { Provenance, RegisteredFlavor, Registration } from '../../registrations/registration';
import type { RegistrationStore } from '../../registrations/registration-store';
import type { ServiceType } from '../../registrations/service-type';
import { splitPairs } from '../split-pairs';
import type { SqliteDatabase } from './sqlite-database';
import { jsonList } from './sqlite-statements';

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
      for (const flavor of flavors)
        this.#database.statements.acceptFlavor.run({ ...flavor, acceptedAt: provenance.at });
      return this.#database.statements.register.all({
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
      const rows = this.#database.statements.deregister.all(lists);
      if (rows.length > 0) this.#database.statements.forgetFlavors.run(lists);
      return rows;
    });
    const { changed, unchanged } = splitPairs(serviceTypes, flavorIds, removed);
    return { deregistered: changed, notRegistered: unchanged };
  }

  revision(): number {
    return this.#database.revision();
  }

  async find(serviceTypes: readonly ServiceType[], flavorIds?: readonly FlavorId[]): Promise<RegisteredFlavor[]> {
    const { find, findPairs } = this.#database.statements;
    const types = jsonList(serviceTypes);
    const pairs = this.#database.read(() =>
      flavorIds === undefined
        ? find.all({ serviceTypes: types })
        : findPairs.all({ serviceTypes: types, flavorIds: jsonList(flavorIds) }),
    );
    return groupByFlavor(pairs, new Map(serviceTypes.map((serviceType) => [serviceType, serviceType])));
  }

  requireCurrent(): void {
    this.#database.requireCurrent();
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

/**
 * The pairs arrive sorted by flavor, then type. Each row has a text of its own for the type: the caller's is taken
 * instead, for what is found may be kept.
 */
function groupByFlavor(pairs: readonly Registration[], types: ReadonlyMap<string, ServiceType>): RegisteredFlavor[] {
  const flavors: { flavorId: FlavorId; serviceTypes: ServiceType[] }[] = [];
  for (const { flavorId, serviceType: found } of pairs) {
    const serviceType = types.get(found) ?? found;
    const last = flavors.at(-1);
    if (last?.flavorId === flavorId) last.serviceTypes.push(serviceType);
    else flavors.push({ flavorId, serviceTypes: [serviceType] });
  }
  return flavors;
}
