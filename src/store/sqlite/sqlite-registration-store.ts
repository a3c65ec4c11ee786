import type { AcceptedFlavor } from '../../registrations/flavor';
import type { FlavorId } from '../../registrations/flavor-id';
import type { FlavorTypes, Provenance, RegisteredFlavor, Registration } from '../../registrations/registration';
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
import { countPairs, findPairs, standingOf, versionOf } from './standing';
import type { WriteConnection } from './write-connection';

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
    return this.#change(provenance, options, async (change) => {
      await change.accept(flavors);
      const added = await change.add(serviceTypes, flavorIds);
      const { changed, unchanged } = splitPairs(serviceTypes, flavorIds, added);
      await change.record('registered', changed);
      return { registered: changed, alreadyRegistered: unchanged };
    });
  }

  async deregister(
    serviceTypes: readonly ServiceType[],
    flavorIds: readonly FlavorId[],
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<{ deregistered: Registration[]; notRegistered: Registration[] }> {
    return this.#change(provenance, options, async (change) => {
      const removed = await change.remove(serviceTypes, flavorIds);
      if (removed.length > 0) await change.forget(flavorIds);
      const { changed, unchanged } = splitPairs(serviceTypes, flavorIds, removed);
      await change.record('deregistered', changed);
      return { deregistered: changed, notRegistered: unchanged };
    });
  }

  async rewrite<T extends Rewrite>(
    scope: RewriteScope,
    decide: (standing: Standing) => Promise<T | undefined>,
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<T | undefined | 'outdated'> {
    const { serviceTypes, version } = scope;
    const look = (standing: Standing) =>
      version !== undefined && version !== standing.version ? 'outdated' : decide(standing);
    const registrations = this.#database.readInPieces((pieces) => findPairs(pieces, serviceTypes));
    const first = await look(this.#database.read(() => standingOf(this.#database.reads, registrations, scope)));
    if (first === undefined || first === 'outdated' || isEmpty(first)) return first; // others may go on writing
    return this.#change(provenance, options, async (change, { reads, pieces, nextTurn }) => {
      const decided = await look(standingOf(reads, findPairs(pieces, serviceTypes), { serviceTypes, nextTurn }));
      if (decided !== undefined && decided !== 'outdated') await rewrite(decided, change);
      return decided;
    });
  }

  findAll(): AsyncIterable<RegistrationsPiece> {
    return this.#database.readInPieces(findAll);
  }

  version(): RegistryVersion {
    return this.#database.read(() => versionOf(this.#database.reads));
  }

  revision(): number {
    return this.#database.revision();
  }

  async countPairs(serviceTypes: readonly ServiceType[]): Promise<number> {
    return this.#database.read(() => countPairs(this.#database.reads, serviceTypes));
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
    await this.#database.close();
  }

  #change<T>(
    provenance: Provenance,
    options: WriteOptions | undefined,
    work: (change: Change, connection: WriteConnection) => Promise<T>,
  ): Promise<T> {
    return this.#database.write((connection) => work(new Change(connection, provenance), connection), {
      ...options,
      userId: provenance.userId,
    });
  }
}

/** What goes first is no pair any more whose size is accepted; flavors are forgotten last, for they may only move. */
async function rewrite({ registered, deregistered, flavors }: Rewrite, change: Change): Promise<void> {
  await change.removePairs(deregistered);
  await change.accept(flavors);
  await change.addPairs(registered);
  await change.forget([...new Set(deregistered.map(({ flavorId }) => flavorId))]);
  await change.record('deregistered', deregistered);
  await change.record('registered', registered);
}

function isEmpty({ registered, deregistered }: Rewrite): boolean {
  return registered.length === 0 && deregistered.length === 0;
}
