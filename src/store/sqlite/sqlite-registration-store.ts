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

type Reads = SqliteDatabase['reads'];
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
    decide: (standing: Standing) => T | undefined,
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<T | undefined | 'outdated'> {
    const look = (reads: Reads): T | undefined | 'outdated' =>
      isOutdated(reads, scope) ? 'outdated' : decide(standingOf(reads, scope));
    const first = this.#database.read(() => look(this.#database.reads));
    if (first === undefined || first === 'outdated' || isEmpty(first)) return first; // others may go on writing
    return this.#change(provenance, options, async (change, reads) => {
      const decided = look(reads);
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
    work: (change: Change, reads: Reads) => Promise<T>,
  ): Promise<T> {
    return this.#database.write((connection) => work(new Change(connection, provenance), connection.reads), {
      ...options,
      userId: provenance.userId,
    });
  }
}

function isOutdated(reads: Reads, { version }: RewriteScope): boolean {
  return version !== undefined && version !== versionOf(reads);
}

function versionOf(reads: Reads): RegistryVersion {
  return reads.version.get()!.version;
}

function standingOf(reads: Reads, { serviceTypes, maxPairs }: RewriteScope): Standing {
  const pairs = countPairs(reads, serviceTypes);
  return { pairs, registrations: pairs > maxPairs ? undefined : readPairs(reads, serviceTypes) };
}

function countPairs(reads: Reads, serviceTypes: RewriteScope['serviceTypes']): number {
  const counted =
    serviceTypes === 'everything'
      ? reads.countAllPairs.get()
      : reads.countPairs.get({ serviceTypes: jsonList(serviceTypes) });
  return counted?.pairs ?? 0;
}

function readPairs(reads: Reads, serviceTypes: RewriteScope['serviceTypes']): RegistrationDocument {
  const rows =
    serviceTypes === 'everything'
      ? reads.findPairs.all()
      : reads.findPairsOfTypes.all({ serviceTypes: jsonList(serviceTypes) });
  return new Map(rows.map((row) => [row.serviceType, JSON.parse(row.flavorIds) as FlavorId[]]));
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
