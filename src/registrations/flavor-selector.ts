import { extraSpecsWithheld } from './extra-specs';
import type { Flavor } from './flavor';
import { type Glob, matchesGlob } from './glob';

type ExtraSpecs = NonNullable<Flavor['extraSpecs']>;

/** Which flavors are wanted, by what Nova says of them: all that is given has to be so. */
export interface FlavorSelector {
  readonly name?: Glob | undefined;
  /** `key:value`, each of them; a value may be a glob. Keys have colons of their own: `hw:cpu_policy:dedicated`. */
  readonly extraSpecs: readonly string[];
  /** The same where key and value are told apart. */
  readonly extraSpecsByKey?: ReadonlyMap<string, Glob> | undefined;
  readonly minVcpus?: number | undefined;
  /** MiB */
  readonly minRam?: number | undefined;
  /** GiB */
  readonly minDisk?: number | undefined;
  readonly isPublic?: boolean | undefined;
}

/**
 * Whether a flavor is among those that are wanted. Pure.
 * @throws RegisteredFlavorsError `unavailable` when that depends on extra specs that Nova does not tell
 */
export function selects(selector: FlavorSelector, flavor: Flavor): boolean {
  const { name, minVcpus = 0, minRam = 0, minDisk = 0, isPublic = flavor.isPublic } = selector;
  return (
    (name === undefined || matchesGlob(name, flavor.name)) &&
    flavor.vcpus >= minVcpus &&
    flavor.ram >= minRam &&
    flavor.disk >= minDisk &&
    flavor.isPublic === isPublic &&
    (!isBySpecs(selector) || hasAll(told(flavor.extraSpecs), selector))
  );
}

function isBySpecs({ extraSpecs, extraSpecsByKey }: FlavorSelector): boolean {
  return extraSpecs.length > 0 || (extraSpecsByKey?.size ?? 0) > 0;
}

function told(specs: Flavor['extraSpecs']): ExtraSpecs {
  if (specs === null) throw extraSpecsWithheld();
  return specs;
}

function hasAll(specs: ExtraSpecs, { extraSpecs, extraSpecsByKey = new Map() }: FlavorSelector): boolean {
  return (
    extraSpecs.every((wanted) => hasInAnyReading(specs, wanted)) &&
    [...extraSpecsByKey].every(([key, value]) => has(specs, key, value))
  );
}

/** Both keys and values may hold colons, so that any of them may be the one between the two. */
function hasInAnyReading(specs: ExtraSpecs, wanted: string): boolean {
  for (let colon = wanted.indexOf(':'); colon !== -1; colon = wanted.indexOf(':', colon + 1)) {
    if (has(specs, wanted.slice(0, colon), wanted.slice(colon + 1))) return true;
  }
  return false;
}

function has(specs: ExtraSpecs, key: string, value: Glob): boolean {
  return Object.hasOwn(specs, key) && matchesGlob(value, specs[key]!);
}
