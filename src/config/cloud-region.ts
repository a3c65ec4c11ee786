import { ConfigError } from './config-error';
import { isMapping, isUnset, type Mapping, merge } from './mapping';

interface Region {
  readonly name: unknown;
  readonly values: unknown;
}

/**
 * The cloud as its region makes it: `regions` lists names, or a `name` with `values` that hold in this region. Without a
 * choice it is the first one.
 * @param wanted OS_REGION_NAME. Of a list it has to be one; over a single `region_name` it wins.
 * @throws ConfigError
 */
export function chooseRegion(cloud: Mapping, wanted: string | undefined, place: string): Mapping {
  const { regions: listed, ...rest } = cloud;
  const isList = !isUnset(listed);
  const regions = (isList ? asList(listed) : namesOf(cloud['region_name'])).map((each) => asRegion(each, place));
  const chosen = wanted === undefined ? regions[0] : regions.find(({ name }) => name === wanted);
  if (chosen === undefined && wanted !== undefined && isList) {
    const names = regions.map(({ name }) => String(name)).join(', ');
    throw new ConfigError([`OS_REGION_NAME is "${wanted}", but ${place} has the regions: ${names}.`]);
  }
  return { ...(merge(rest, chosen?.values) as Mapping), region_name: wanted ?? chosen?.name };
}

/** `region_name` may hold several, as a list or with commas: older files have that. */
function namesOf(value: unknown): readonly unknown[] {
  if (isUnset(value)) return [];
  return typeof value === 'string' ? value.split(',') : asList(value);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function asRegion(value: unknown, place: string): Region {
  if (typeof value === 'string') return { name: value, values: undefined };
  const isRight = isMapping(value) && typeof value['name'] === 'string' && hasOnly(value, ['name', 'values']);
  if (isRight) return { name: value['name'], values: value['values'] };
  throw new ConfigError([`${place}: regions: must be names, or mappings with a name and values.`]);
}

function hasOnly(mapping: Mapping, keys: readonly string[]): boolean {
  return Object.keys(mapping).every((key) => keys.includes(key));
}
