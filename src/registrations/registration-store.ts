import type { AcceptedFlavor } from './flavor';
import type { FlavorId } from './flavor-id';
import type { Provenance, RegisteredFlavor, Registration } from './registration';
import type { RegistrationDocument } from './registration-document';
import type { ServiceType, ServiceTypeInUse } from './service-type';

/** All registrations as they stand at one moment, or those of some service types. */
export interface Snapshot {
  readonly registrations: RegistrationDocument;
  /** Of the registrations and nothing else: the same ones have the same digest, in any file and process. */
  readonly digest: string;
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
}

/**
 * What is mapped. Several engines may stand behind this; `tests/store` holds each to the same behaviour.
 *
 * For all methods:
 * - Lists arrive without duplicates; pairs are answered by type, then id, and flavors by id, in byte order.
 * - Ids and types are compared byte by byte: `Case` is not `case`, `7` is not `007`.
 * - A write happens whole or not at all, with its events (`RegistrationEvents`), and what is answered has reached the
 *   disk.
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
   * Changes the registrations as `decide` says of what it is shown: everything, or what stands of some service types.
   *
   * It is asked twice: what it says first is for nobody to wait for, and nothing is locked. When that is a change, it is
   * asked again, in one transaction with what it is shown then; and again when the registry was busy. What it said last
   * has been done, and is what is answered. When it gives undefined or throws, nothing changes.
   */
  rewrite<T extends Rewrite>(
    scope: 'everything' | readonly ServiceType[],
    decide: (standing: Snapshot) => T | undefined,
    provenance: Provenance,
    options?: WriteOptions,
  ): Promise<T | undefined>;

  /** All registrations. */
  findAll(): Promise<Snapshot>;

  /**
   * Another number as soon as anything in the registry may be another, whoever wrote it: what was found at the same
   * revision is so still. Cheap.
   */
  revision(): number;

  /**
   * The flavors registered for any of the service types: each once, with those of the types it is registered for. Only
   * those with one of the ids, when ids are given.
   */
  find(serviceTypes: readonly ServiceType[], flavorIds?: readonly FlavorId[]): Promise<RegisteredFlavor[]>;

  /**
   * What was accepted of the registered flavors after an id (or from the start), by id in byte order: up to the limit, or
   * all. Only those with one of the ids, when ids are given.
   */
  findAccepted(range: {
    readonly after?: FlavorId | undefined;
    readonly limit?: number | undefined;
    readonly flavorIds?: readonly FlavorId[] | undefined;
  }): Promise<AcceptedFlavor[]>;

  /**
   * These flavors, by id in byte order, each with all of its service types; those that are not registered are left out.
   * Only the first ones where they have very many types, but each whole and at least one.
   */
  findFlavors(flavorIds: readonly FlavorId[]): Promise<RegisteredFlavor[]>;

  /** The ids of all registered flavors, in byte order. */
  findIds(): Promise<FlavorId[]>;

  /** The service types with at least one registered flavor, by name in byte order. */
  findServiceTypes(): Promise<ServiceTypeInUse[]>;

  /** The names of the service types with at least one of these flavors, in byte order. */
  findServiceTypesOf(flavorIds: readonly FlavorId[]): Promise<ServiceType[]>;

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
