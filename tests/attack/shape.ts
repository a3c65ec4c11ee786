import type { StubFlavor } from '../../src/stub/stub-flavors';
import { projectIdOf } from '../../src/stub/stub-identities';
import { flavorId, measuredFlavor } from '../support/measured-flavors';

/** The size of a registry: a number of service types, with a number of flavors each. Written `100x10000`. */
export interface Shape {
  readonly types: number;
  readonly flavorsPerType: number;
  /** The flavors that Nova has, all of them registered. */
  readonly flavors: number;
}

/** The fewest flavors that Nova has, where there are many types: each flavor is then registered for many of them. */
const FLAVORS_OF_MANY_TYPES = 10_000;
/** One flavor in so many is private, and open to the attacker's project. */
const PRIVATE_EVERY = 100;
/** The type whose flavors the other reader asks for. */
export const OTHER_READERS_TYPE = 'redis';
export const OTHER_READERS_FLAVORS = 50;

/** @throws Error when the text is no shape */
export function readShape(text: string): Shape {
  const [, types, flavorsPerType] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (types === undefined || flavorsPerType === undefined) throw new Error(`"${text}" is no shape: 100x10000 is one`);
  const perType = Number(flavorsPerType);
  const flavors = Number(types) > 1000 ? Math.max(perType, FLAVORS_OF_MANY_TYPES) : perType;
  return { types: Number(types), flavorsPerType: perType, flavors };
}

export function registrationsOf({ types, flavorsPerType }: Shape): number {
  return types * flavorsPerType;
}

export function typeName(index: number): string {
  return `t${index}`;
}

/** The ids of consecutive flavors, from the first again behind the last. */
export function flavorIds(shape: Shape, from: number, count: number): string[] {
  const length = Math.min(count, shape.flavors);
  return Array.from({ length }, (_, index) => flavorId((from + index) % shape.flavors));
}

/** The flavors that a service type of the shape has, by id. */
export function flavorIdsOfType({ flavors, flavorsPerType }: Shape, type: number): string[] {
  const own = Array.from({ length: flavorsPerType }, (_, at) => (type * flavorsPerType + at) % flavors);
  return own.sort((a, b) => a - b).map(flavorId);
}

/** Names of consecutive types, from the first again behind the last. */
export function typeNames(shape: Shape, from: number, count: number): string[] {
  const length = Math.min(count, shape.types);
  return Array.from({ length }, (_, index) => typeName((from + index) % shape.types));
}

/** What Nova has. */
export function flavorsOf(shape: Shape): StubFlavor[] {
  return Array.from({ length: shape.flavors }, (_, index) => ({
    ...measuredFlavor(index),
    ...(index % PRIVATE_EVERY === PRIVATE_EVERY - 1 ? { is_public: false, projects: [projectIdOf('demo')] } : {}),
  }));
}
