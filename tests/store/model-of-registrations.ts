import type { AcceptedFlavor } from '../../src/registrations/flavor';
import {
  type FlavorTypes,
  inByteOrder,
  type RegisteredFlavor,
  type Registration,
} from '../../src/registrations/registration';
import { pairs, registered } from './examples';

/** The store as simple as can be: a map from "type id" to the pair. */
export class ModelOfRegistrations {
  readonly #standing = new Map<string, Registration>();

  /** @returns the pairs that did not stand, and those that did */
  add(types: string[], ids: string[]): [Registration[], Registration[]] {
    const outcome = this.#split(types, ids);
    for (const pair of outcome[0]) this.#standing.set(`${pair.serviceType} ${pair.flavorId}`, pair);
    return outcome;
  }

  /** @returns the pairs that did not stand, and those that did */
  remove(types: string[], ids: string[]): [Registration[], Registration[]] {
    const outcome = this.#split(types, ids);
    for (const pair of outcome[1]) this.#standing.delete(`${pair.serviceType} ${pair.flavorId}`);
    return outcome;
  }

  find(types: string[], ids?: string[]): RegisteredFlavor[] {
    const isAsked = (pair: Registration) => types.includes(pair.serviceType) && (ids?.includes(pair.flavorId) ?? true);
    return this.#grouped(this.#pairs().filter(isAsked));
  }

  countPairs(types: string[]): number {
    return this.#pairs().filter(({ serviceType }) => types.includes(serviceType)).length;
  }

  findAccepted(after: string, limit: number, ids?: string[]): AcceptedFlavor[] {
    const isAsked = (id: string) => inByteOrder(after, id) < 0 && (ids === undefined || ids.includes(id));
    const matching = this.#pairs().filter(({ flavorId }) => isAsked(flavorId));
    return this.#grouped(matching)
      .slice(0, limit)
      .map(({ accepted }) => accepted);
  }

  findTypesOf(ids: string[]): FlavorTypes[] {
    const found = this.#grouped(this.#pairs().filter(({ flavorId }) => ids.includes(flavorId)));
    return ids.flatMap((id) => {
      const flavor = found.find(({ flavorId }) => flavorId === id);
      return flavor === undefined ? [] : [{ flavorId: id, serviceTypes: flavor.serviceTypes }];
    });
  }

  /** How many flavors each type in use has. */
  serviceTypes(): [string, number][] {
    const names = [...new Set(this.#pairs().map(({ serviceType }) => serviceType))].sort(inByteOrder);
    return names.map((name) => [name, this.countPairs([name])]);
  }

  #pairs(): Registration[] {
    return [...this.#standing.values()];
  }

  #grouped(matching: Registration[]): RegisteredFlavor[] {
    return [...new Set(matching.map(({ flavorId }) => flavorId))]
      .sort(inByteOrder)
      .map((flavorId) =>
        registered(
          flavorId,
          matching.flatMap((pair) => (pair.flavorId === flavorId ? [pair.serviceType] : [])).sort(inByteOrder),
        ),
      );
  }

  #split(types: string[], ids: string[]): [Registration[], Registration[]] {
    const asked = pairs(...types.flatMap((type) => ids.map((id) => `${type} ${id}`))).sort(
      (a, b) => inByteOrder(a.serviceType, b.serviceType) || inByteOrder(a.flavorId, b.flavorId),
    );
    const stands = (pair: Registration) => this.#standing.has(`${pair.serviceType} ${pair.flavorId}`);
    return [asked.filter((pair) => !stands(pair)), asked.filter(stands)];
  }
}
