import { z } from 'zod';
import type { Flavor } from '../registrations/flavor';

/** Nova's flavor at microversion 2.61 or later. What later Novas dropped (2.102) is optional; unknown keys are let be. */
const novaFlavor = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  ram: z.number(),
  vcpus: z.number(),
  disk: z.number(),
  'OS-FLV-EXT-DATA:ephemeral': z.number(),
  swap: z.union([z.number(), z.literal('')]),
  rxtx_factor: z.union([z.number(), z.literal('')]).optional(), // "" when Nova's database has none
  'os-flavor-access:is_public': z.boolean(),
  'OS-FLV-DISABLED:disabled': z.boolean().optional(),
  extra_specs: z.custom<Record<string, string>>(isRecordOfStrings), // z.record would lose a key named __proto__
});

/** Reads one of Nova's flavors; or names what of it is missing or wrong. */
export function readNovaFlavor(json: unknown): Flavor | { wrong: string } {
  const parsed = novaFlavor.safeParse(json);
  if (!parsed.success) return { wrong: parsed.error.issues.map((issue) => issue.path.join('.')).join(', ') };
  const flavor = parsed.data;
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
    extraSpecs: flavor.extra_specs,
  };
}

function isRecordOfStrings(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === 'string')
  );
}
