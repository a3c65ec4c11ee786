import type { FlavorId } from './flavor-id';
import { eachInTurns } from './in-turns';
import { GO_ON_IN_STEPS, MAX_PAIRS, tooMany } from './pair-limit';
import { byTypeThenId, type Registration } from './registration';
import type { RegistrationStore, Standing } from './registration-store';
import type { ServiceType } from './service-type';
import { ShardedMap } from './sharded-map';

/** What makes what is declared of what stands. Pairs are sorted by type, then id. */
export interface Difference {
  readonly registered: readonly Registration[];
  readonly deregistered: readonly Registration[];
  /** How many pairs are in both. */
  readonly unchanged: number;
}

/** Measured: what the shortest names take, with the maps in which they stand. */
const BYTES_OF_A_TYPE = 400;
const BYTES_OF_A_PAIR = 150;

/** How much stands when a declaration begins. */
export type Standards = Pick<ReturnType<RegistrationStore['measure']>, 'registrations' | 'serviceTypes'>;

/**
 * What a request declares: service types with the flavors that are to be registered for each. It is built pair by pair, as
 * its document is read. More than what stands and what one request may add
 * can never be done: as soon as there is more, it is refused, so that it takes no more memory than the registry needs.
 */
export class Declaration {
  readonly #types = new ShardedMap<ShardedMap<number>>();
  /** Each id once: most types have the same ones. */
  readonly #ids = new ShardedMap<FlavorId>();
  #pairs = 0;
  /** A pair that stands is marked with the number of the comparison. */
  #comparison = 0;

  constructor(private readonly standing: Standards) {}

  /** How many different pairs it has. */
  get pairs(): number {
    return this.#pairs;
  }

  /** How much memory it takes, roughly. */
  get bytes(): number {
    return this.#types.size * BYTES_OF_A_TYPE + this.#pairs * BYTES_OF_A_PAIR;
  }

  /** The service types that it names, each once. */
  get serviceTypes(): ServiceType[] {
    return Array.from(this.#types, ([serviceType]) => serviceType);
  }

  /**
   * Names a service type; without more, it is to be empty.
   * @returns false when it has been named before
   * @throws RegisteredFlavorsError `invalid input` when there are more than one request can declare
   */
  name(serviceType: ServiceType): boolean {
    if (this.#types.get(serviceType) !== undefined) return false;
    this.#types.set(serviceType, new ShardedMap());
    this.#requireFew(this.#types.size, this.standing.serviceTypes, 'service types');
    return true;
  }

  /**
   * Adds a pair of a type that it has named; one that it has already counts once.
   * @throws RegisteredFlavorsError `invalid input` when there are more than one request can declare
   */
  add(serviceType: ServiceType, flavorId: FlavorId): void {
    const ids = this.#types.get(serviceType);
    if (ids === undefined) throw new Error('a pair of a service type that was not named');
    let known = this.#ids.get(flavorId);
    if (known === undefined) this.#ids.set(flavorId, (known = flavorId));
    const before = ids.size;
    ids.set(known, 0);
    this.#pairs += ids.size - before;
    this.#requireFew(this.#pairs, this.standing.registrations, 'pairs of service type and flavor');
  }

  /**
   * What has to be registered and deregistered so that this stands instead of what does.
   * @throws RegisteredFlavorsError `invalid input` when that is more than one request changes
   */
  async compare({ registrations, nextTurn }: Pick<Standing, 'registrations' | 'nextTurn'>): Promise<Difference> {
    this.#comparison += 1;
    let [unchanged, gone] = [0, 0];
    const deregistered: Registration[] = [];
    for await (const piece of registrations) {
      for (const [serviceType, flavorIds] of piece) {
        const declared = this.#types.get(serviceType);
        for (const flavorId of flavorIds) {
          if (declared?.get(flavorId) !== undefined) {
            declared.set(flavorId, this.#comparison);
            unchanged += 1;
          } else if (++gone <= MAX_PAIRS) deregistered.push({ serviceType, flavorId });
        }
      }
    }
    const added = this.#pairs - unchanged;
    requireFewChanges(added, gone);
    const registered = added === 0 ? [] : await this.#unmarked(nextTurn);
    return { registered, deregistered: deregistered.sort(byTypeThenId), unchanged };
  }

  async #unmarked(nextTurn: Standing['nextTurn']): Promise<Registration[]> {
    const unmarked: Registration[] = [];
    await eachInTurns(this.#entries(), nextTurn, ([serviceType, flavorId, comparison]) => {
      if (comparison !== this.#comparison) unmarked.push({ serviceType, flavorId });
    });
    return unmarked.sort(byTypeThenId);
  }

  *#entries(): Generator<[ServiceType, FlavorId, number]> {
    for (const [serviceType, ids] of this.#types) {
      for (const [flavorId, comparison] of ids) yield [serviceType, flavorId, comparison];
    }
  }

  #requireFew(declared: number, standing: number, what: string): void {
    if (declared <= standing + MAX_PAIRS) return;
    throw tooMany(
      `The document has more than ${standing + MAX_PAIRS} ${what}: ${standing} stand, and one request registers up to ` +
        `${MAX_PAIRS} pairs more. ${GO_ON_IN_STEPS}`,
    );
  }
}

/** A slip in a document must not empty a large registry, nor keep others from writing while it does. */
function requireFewChanges(added: number, gone: number): void {
  if (added + gone <= MAX_PAIRS) return;
  throw tooMany(
    `This would register ${added} pairs and deregister ${gone}; one request changes up to ${MAX_PAIRS}. ${GO_ON_IN_STEPS}`,
  );
}
