import type { AcceptedFlavor } from './flavor';
import type { FlavorId } from './flavor-id';
import type { NextTurn } from './in-turns';
import type { FlavorTypes, Provenance, RegisteredFlavor, Registration } from './registration';
import type { ServiceType, ServiceTypeInUse } from './service-type';

/**
 * The number of changes that the registrations have had: while it is the same, so are they. Unlike
 * {@link RegistrationStore.revision} it means the same in every process.
 */
export type RegistryVersion = number;

/**
 * A part of all registrations: service types with their ids, both in byte order. The last type of a piece may go on in the
 * next one.
 */
export type RegistrationsPiece = readonly (readonly [ServiceType, readonly FlavorId[]])[];

/** What stands of some service types, or of all. */
export interface Standing {
  /** As of which it stands, or an older one. */
  readonly version: RegistryVersion;
  readonly pairs: number;
  /** Read as it is asked for, once; others have their turn between two pieces. */
  readonly registrations: AsyncIterable<RegistrationsPiece>;
  /** Asked between pieces of work on it: while the registry is locked, nobody waits for what his caller does besides. */
  readonly nextTurn: NextTurn;
}

/** What a rewrite is about. */
export interface RewriteScope {
  readonly serviceTypes: 'everything' | readonly ServiceType[];
  /** The only version that may be rewritten; any, when undefined. */
  readonly version?: RegistryVersion | undefined;
  /** Asked between pieces of work for as long as nothing is locked. */
  readonly nextTurn: NextTurn;
}

/** What is to change of the registrations. */
export interface Rewrite {
  readonly registered: readonly Registration[];
  readonly deregistered: readonly Registration[];
  /** The flavors of what is registered. */
  readonly flavors: readonly AcceptedFlavor[];
}

export interface WriteOptions {
  readonly isPreview: boolean;
  /** Aborted when the caller has gone: a write that has to wait for others is not done then. */
  readonly signal?: AbortSignal;
}

/**
 * What is mapped. Several engines may stand behind this; `tests/store` holds each to the same behaviour.
 *
 * For all methods:
 * - Lists arrive without duplicates; pairs are answered by type, then id, and flavors by id, in byte order.
 * - Ids and types are compared byte by byte: `Case` is not `case`, `7` is not `007`.
 * - A write happens whole or not at all, with its events (`RegistrationEvents`), and what is answered has reached the
 *   disk.
 * - What is answered in pieces (`AsyncIterable`) is of one moment, each piece takes a few milliseconds, and the reader
 *   decides when the next one is read. A reader who ends early gives back what the rest would have needed.
 * - With `isPreview` a write does and answers all that it would, and nothing of it stays.
 * - Fails with `unavailable` (`registered-flavors.registry.unavailable`) when the registry is locked for longer than
 *   the wait, full, read-only or gone. Anything else thrown is a defect.
 */
export interface RegistrationStore {
  /**
   * Registers each flavor for each service type, in one transaction. Pairs that stand already keep their provenance;
   * what is accepted of a flavor (name, size, visibility) is replaced by what is given here.
   */
  register(
    serviceTypes: readonly ServiceType[],
    flavors: readonly AcceptedFlavor[],
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<{ registered: Registration[]; alreadyRegistered: Registration[] }>;

  /**
   * Removes each of the pairs that stands, in one transaction. A flavor that is left without any registration is
   * forgotten. When none stands, nothing changes and `deregistered` is empty.
   */
  deregister(
    serviceTypes: readonly ServiceType[],
    flavorIds: readonly FlavorId[],
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<{ deregistered: Registration[]; notRegistered: Registration[] }>;

  /**
   * Changes the registrations as `decide` says of what it is shown.
   *
   * `decide` runs once without a lock and, if there is a change, again inside the transaction with what stands then, and
   * once more for each time that the registry was busy. It need not look again at what has the version that it has seen.
   * The last decision is done, and is the answer. When it is undefined or throws, nothing changes.
   * @returns `outdated`, without a change, when the registrations have another version than the one given
   */
  rewrite<T extends Rewrite>(
    scope: RewriteScope,
    decide: (standing: Standing) => Promise<T | undefined>,
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<T | undefined | 'outdated'>;

  /** All registrations. */
  findAll(): AsyncIterable<RegistrationsPiece>;

  /** Which version the registrations have now. Cheap. */
  version(): RegistryVersion;

  /**
   * Another number as soon as anything in the registry may be another, whoever wrote it: what was found at the same
   * revision is so still. What another process commits shows to every request that is sent after that. Cheap.
   */
  revision(): number;

  /** How many pairs stand of these service types. Cheap. */
  countPairs(serviceTypes: readonly ServiceType[]): Promise<number>;

  /**
   * The flavors registered for any of the service types: each once, with those of the types it is registered for. Only
   * those with one of the ids, when ids are given.
   */
  find(
    serviceTypes: readonly ServiceType[],
    flavorIds?: readonly FlavorId[],
  ): AsyncIterable<readonly RegisteredFlavor[]>;

  /**
   * What was accepted of the registered flavors after an id (or from the start), by id in byte order: up to the limit, or
   * all. Only those with one of the ids, when ids are given.
   */
  findAccepted(range: {
    readonly after?: FlavorId | undefined;
    readonly limit?: number | undefined;
    readonly flavorIds?: readonly FlavorId[] | undefined;
  }): AsyncIterable<readonly AcceptedFlavor[]>;

  /** These flavors, in the order given, each with all of its service types; those that are not registered are left out. */
  findTypesOf(flavorIds: readonly FlavorId[]): AsyncIterable<readonly FlavorTypes[]>;

  /** The service types with at least one registered flavor, by name in byte order. */
  findServiceTypes(): AsyncIterable<readonly ServiceTypeInUse[]>;

  /** How much there is. Cheap. */
  measure(): { registrations: number; flavors: number; serviceTypes: number };

  /** How many bytes it takes on the disk. Cheap. */
  sizeBytes(): number;

  /**
   * Fails unless this process can go on with the registry: with `unavailable` as above, or, when somebody has changed
   * its tables meanwhile, with `registered-flavors.registry.not_current`. Cheap; asked anew each time.
   */
  requireCurrent(): void;

  /** Gives the file and its locks back. The store cannot be used afterwards. */
  close(): Promise<void>;
}
