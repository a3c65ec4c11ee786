import type { FlavorId } from './flavor-id';

/** A flavor as Nova tells it, in Nova's units. */
export interface Flavor {
  readonly id: FlavorId;
  readonly name: string;
  readonly description: string | null;
  /** MiB */
  readonly ram: number;
  readonly vcpus: number;
  /** GiB */
  readonly disk: number;
  /** GiB */
  readonly ephemeral: number;
  /** MiB; 0 for none (Nova says "" before 2.75) */
  readonly swap: number;
  /** Gone from Nova 2.102 on. */
  readonly rxtxFactor: number | undefined;
  readonly isPublic: boolean;
  /** Gone from Nova 2.102 on. */
  readonly isDisabled: boolean | undefined;
  readonly extraSpecs: Readonly<Record<string, string>>;
}

/** What an operator accepted when registering: enough to see later that an id now names another flavor. */
export type AcceptedFlavor = Pick<Flavor, 'id' | 'name' | 'ram' | 'vcpus' | 'disk' | 'ephemeral' | 'swap' | 'isPublic'>;

const FIELDS = [
  ...(['id', 'name', 'description', 'ram', 'vcpus', 'disk', 'ephemeral', 'swap'] as const),
  ...(['rxtxFactor', 'isPublic', 'isDisabled'] as const),
] satisfies (keyof Flavor)[];

const SIZE = ['ram', 'vcpus', 'disk', 'ephemeral', 'swap'] as const satisfies (keyof Flavor)[];

/** Whether an instance gets as much of both. */
export function sameSize(a: Pick<Flavor, (typeof SIZE)[number]>, b: Pick<Flavor, (typeof SIZE)[number]>): boolean {
  return SIZE.every((field) => a[field] === b[field]);
}

/** Whether Nova says the same of both. */
export function sameFlavor(a: Flavor, b: Flavor): boolean {
  return FIELDS.every((field) => a[field] === b[field]) && sameSpecs(a.extraSpecs, b.extraSpecs);
}

function sameSpecs(a: Flavor['extraSpecs'], b: Flavor['extraSpecs']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
