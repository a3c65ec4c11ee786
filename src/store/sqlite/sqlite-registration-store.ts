import type { AcceptedFlavor } from '../../registrations/flavor';
import type { FlavorId } from '../../registrations/flavor-id';
import type { FlavorTypes, Provenance, RegisteredFlavor, Registration } from '../../registrations/registration';
import type { RegistrationDocument } from '../../registrations/registration-document';
import type {
  RegistrationStore,
  RegistryVersion,
  Rewrite,
  RewriteScope,
  RegistrationsPiece,
  Standing,
  WriteOptions,
} from '../../registrations/registration-store';
import type { ServiceType, ServiceTypeInUse } from '../../registrations/service-type';
import { splitPairs } from '../split-pairs';
import { Change } from './change';
import { jsonList } from './listed';
import {
  findAccepted,
  findAll,
  findFlavorsOfTypes,
  findNamedAccepted,
  findNamedFlavorsOfTypes,
  findServiceTypes,
  findTypesOf,
} from './read-in-pieces';
import type { SqliteDatabase } from './sqlite-database';

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
    scope: RewriteScope,
    decide: (standing: Standing) => T | undefined,
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<T | undefined | 'outdated'> {
    const look = (): T | undefined | 'outdated' => (this.#isOutdated(scope) ? 'outdated' : decide(this.#look(scope)));
    const first = this.#database.read(look);
    if (first === undefined || first === 'outdated' || isEmpty(first)) return first; // others may go on writing
    return this.#database.write(() => {
      const decided = look();
      if (decided !== undefined && decided !== 'outdated') this.#do(decided, this.#change(provenance));
      return decided;
    }, options);
  }

  findAll(): AsyncIterable<RegistrationsPiece> {
    return this.#database.readInPieces(findAll);
  }

  version(): RegistryVersion {
    return this.#database.read(() => this.#version());
  }

  revision(): number {
    return this.#database.revision();
  }

  async countPairs(serviceTypes: readonly ServiceType[]): Promise<number> {
    return this.#database.read(() => this.#countPairs(serviceTypes));
  }

  find(
    serviceTypes: readonly ServiceType[],
    flavorIds?: readonly FlavorId[],
  ): AsyncIterable<readonly RegisteredFlavor[]> {
    return this.#database.readInPieces((pieces) =>
      flavorIds === undefined
        ? findFlavorsOfTypes(pieces, serviceTypes)
        : findNamedFlavorsOfTypes(pieces, serviceTypes, flavorIds),
    );
  }

  findAccepted({ after = '', limit = Infinity, flavorIds }: Range): AsyncIterable<readonly AcceptedFlavor[]> {
    return this.#database.readInPieces((pieces) =>
      flavorIds === undefined
        ? findAccepted(pieces, after, limit)
        : findNamedAccepted(pieces, { after, limit }, flavorIds),
    );
  }

  findTypesOf(flavorIds: readonly FlavorId[]): AsyncIterable<readonly FlavorTypes[]> {
    return this.#database.readInPieces((pieces) => findTypesOf(pieces, flavorIds));
  }

  findServiceTypes(): AsyncIterable<readonly ServiceTypeInUse[]> {
    return this.#database.readInPieces(findServiceTypes);
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

  #isOutdated({ version }: RewriteScope): boolean {
    return version !== undefined && version !== this.#version();
  }

  #version(): RegistryVersion {
    return this.#database.reads.version.get()!.version;
  }

  #look({ serviceTypes, maxPairs }: RewriteScope): Standing {
    const pairs = this.#countPairs(serviceTypes);
    return { pairs, registrations: pairs > maxPairs ? undefined : this.#readPairs(serviceTypes) };
  }

  #countPairs(serviceTypes: RewriteScope['serviceTypes']): number {
    const { countAllPairs, countPairs } = this.#database.reads;
    const counted =
      serviceTypes === 'everything' ? countAllPairs.get() : countPairs.get({ serviceTypes: jsonList(serviceTypes) });
    return counted?.pairs ?? 0;
  }

  #readPairs(serviceTypes: RewriteScope['serviceTypes']): RegistrationDocument {
    const { findPairs, findPairsOfTypes } = this.#database.reads;
    const rows =
      serviceTypes === 'everything' ? findPairs.all() : findPairsOfTypes.all({ serviceTypes: jsonList(serviceTypes) });
    return new Map(rows.map((row) => [row.serviceType, JSON.parse(row.flavorIds) as FlavorId[]]));
  }

  /** What goes first is no pair any more whose size is accepted; flavors are forgotten last, for they may only move. */
  #do({ registered, deregistered, flavors }: Rewrite, change: Change): void {
    change.removePairs(deregistered);
    change.accept(flavors);
    change.addPairs(registered);
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
