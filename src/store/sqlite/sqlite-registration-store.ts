import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AcceptedFlavor } from '../../registrations/flavor';
import type { FlavorId } from '../../registrations/flavor-id';
import type { Provenance, RegisteredFlavor, Registration } from '../../registrations/registration';
import type { RegistrationStore, Rewrite, Snapshot, WriteOptions } from '../../registrations/registration-store';
import type { ServiceType, ServiceTypeInUse } from '../../registrations/service-type';
import { idsByType, splitPairs } from '../split-pairs';
import { Change } from './change';
import { jsonList } from './listed';
import { snapshotOf } from './snapshot';
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
    return this.#database.write(() => {
      const change = this.#change(provenance);
      change.accept(flavors);
      const added = change.add(serviceTypes, flavorIds);
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
    return this.#database.write(() => {
      const change = this.#change(provenance);
      const removed = change.remove(serviceTypes, flavorIds);
      if (removed.length > 0) change.forget(flavorIds);
      const { changed, unchanged } = splitPairs(serviceTypes, flavorIds, removed);
      change.record('deregistered', changed);
      return { deregistered: changed, notRegistered: unchanged };
    }, options);
  }

  async rewrite<T extends Rewrite>(
    scope: 'everything' | readonly ServiceType[],
    decide: (standing: Snapshot) => T | undefined,
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<T | undefined> {
    const first = decide(this.#database.read(() => this.#look(scope)));
    if (first === undefined || isEmpty(first)) return first; // without a lock: others may go on writing
    return this.#database.write(() => {
      const decided = decide(this.#look(scope));
      if (decided !== undefined) this.#do(decided, this.#change(provenance));
      return decided;
    }, options);
  }

  async findAll(): Promise<Snapshot> {
    await nextTurn(); // as who goes through all of it always does
    return this.#database.read(() => this.#look('everything'));
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

  measure(): { registrations: number; flavors: number; serviceTypes: number } {
    return this.#database.read(() => this.#database.reads.measure.get()!);
  }

  sizeBytes(): number {
    return this.#database.read(() => this.#database.reads.size.get()!.bytes);
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

  #look(scope: 'everything' | readonly ServiceType[]): Snapshot {
    const { findAll, findOfTypes } = this.#database.reads;
    return snapshotOf(scope === 'everything' ? findAll.all() : findOfTypes.all({ serviceTypes: jsonList(scope) }));
  }

  /** What goes first is no pair any more whose size is accepted; flavors are forgotten last, for they may only move. */
  #do({ registered, deregistered, flavors }: Rewrite, change: Change): void {
    for (const [serviceType, ids] of idsByType(deregistered)) change.remove([serviceType], ids);
    change.accept(flavors);
    for (const [serviceType, ids] of idsByType(registered)) change.add([serviceType], ids);
    change.forget([...new Set(deregistered.map(({ flavorId }) => flavorId))]);
    change.record('deregistered', deregistered);
    change.record('registered', registered);
  }

  #change(provenance: Provenance): Change {
    return new Change(this.#database, provenance);
  }
}

function isEmpty({ registered, deregistered }: Rewrite): boolean {
  return registered.length === 0 && deregistered.length === 0;
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
