import type { Flavor } from './flavor';
import { type Glob, matchesGlob } from './glob';

/** Which flavors are wanted, by what Nova says of them: all that is given has to be so. */
export interface FlavorSelector {
  readonly name?: Glob | undefined;
  /** `key:value`, each of them; a value may be a glob. Keys have colons of their own: `hw:cpu_policy:dedicated`. */
  readonly extraSpecs: readonly string[];
  readonly minVcpus?: number | undefined;
  /** MiB */
  readonly minRam?: number | undefined;
  /** GiB */
  readonly minDisk?: number | undefined;
  readonly isPublic?: boolean | undefined;
}

/** Whether a flavor is among those that are wanted. Pure. */
export function selects(selector: FlavorSelector, flavor: Flavor): boolean {
  const { name, extraSpecs, minVcpus = 0, minRam = 0, minDisk = 0, isPublic = flavor.isPublic } = selector;
  return (
    (name === undefined || matchesGlob(name, flavor.name)) &&
    flavor.vcpus >= minVcpus &&
    flavor.ram >= minRam &&
    flavor.disk >= minDisk &&
    flavor.isPublic === isPublic &&
    extraSpecs.every((wanted) => hasSpec(flavor.extraSpecs, wanted))
  );
}

/** Both keys and values may hold colons, so that any of them may be the one between the two. */
function hasSpec(specs: Flavor['extraSpecs'], wanted: string): boolean {
  for (let colon = wanted.indexOf(':'); colon !== -1; colon = wanted.indexOf(':', colon + 1)) {
    const key = wanted.slice(0, colon);
    if (Object.hasOwn(specs, key) && matchesGlob(wanted.slice(colon + 1), specs[key]!)) return true;
  }
  return false;
}
