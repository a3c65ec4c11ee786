import type { Flavor } from '../registrations/flavor';

/** Nova's flavor at microversion 2.61 or later. What later Novas dropped (2.102) is optional; unknown keys are let be. */
interface NovaFlavor {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly ram: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly 'OS-FLV-EXT-DATA:ephemeral': number;
  readonly swap: number | '';
  /** "" when Nova's database has none. */
  readonly rxtx_factor?: number | '';
  readonly 'os-flavor-access:is_public': boolean;
  readonly 'OS-FLV-DISABLED:disabled'?: boolean;
  /** Left out when Nova's policy withholds it from this service's user. */
  readonly extra_specs?: Readonly<Record<string, string>>;
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isBoolean: Check = (value) => typeof value === 'boolean';

/** By hand: a walk reads thousands of flavors, and a schema library takes ten times as long. */
const CHECKS: readonly (readonly [keyof NovaFlavor, Check])[] = [
  ['id', isText],
  ['name', isText],
  ['description', (value) => value === null || isText(value)],
  ['ram', isNumber],
  ['vcpus', isNumber],
  ['disk', isNumber],
  ['OS-FLV-EXT-DATA:ephemeral', isNumber],
  ['swap', (value) => value === '' || isNumber(value)],
  ['rxtx_factor', (value) => value === undefined || value === '' || isNumber(value)],
  ['os-flavor-access:is_public', isBoolean],
  ['OS-FLV-DISABLED:disabled', (value) => value === undefined || isBoolean(value)],
  ['extra_specs', (value) => value === undefined || (isObject(value) && !Array.isArray(value) && hasTextsOnly(value))],
];

/** Reads one of Nova's flavors; or names what of it is missing or wrong. */
export function readNovaFlavor(json: unknown): Flavor | { wrong: string } {
  if (!isObject(json)) return { wrong: '' };
  const isRight = CHECKS.every(([name, check]) => check(json[name]));
  if (!isRight) return { wrong: namesOfWrong(json).join(', ') };
  const flavor = json as unknown as NovaFlavor;
  return {
    id: flavor.id,
    name: flavor.name,
    description: flavor.description,
    ram: flavor.ram,
    vcpus: flavor.vcpus,
    disk: flavor.disk,
    ephemeral: flavor['OS-FLV-EXT-DATA:ephemeral'],
    swap: flavor.swap === '' ? 0 : flavor.swap,
    rxtxFactor: flavor.rxtx_factor === '' ? undefined : flavor.rxtx_factor,
    isPublic: flavor['os-flavor-access:is_public'],
    isDisabled: flavor['OS-FLV-DISABLED:disabled'],
    extraSpecs: flavor.extra_specs ?? null,
  };
}

function namesOfWrong(json: Record<string, unknown>): string[] {
  return CHECKS.filter(([name, check]) => !check(json[name])).map(([name]) => name);
}

function hasTextsOnly(value: Record<string, unknown>): boolean {
  for (const key in value) if (!isText(value[key])) return false;
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
