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
  /** Null when Nova does not tell: its policy withholds them from this service's user. Nobody knows then what they are. */
  readonly extraSpecs: Readonly<Record<string, string>> | null;
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
  return mayBeSameFlavor(a, b) && (a.extraSpecs === null) === (b.extraSpecs === null);
}

/** Whether Nova says nothing of one that differs from what it says of the other: extra specs that it does not tell do not. */
export function mayBeSameFlavor(a: Flavor, b: Flavor): boolean {
  return FIELDS.every((field) => a[field] === b[field]) && agree(a.extraSpecs, b.extraSpecs);
}

function agree(a: Flavor['extraSpecs'], b: Flavor['extraSpecs']): boolean {
  if (a === null || b === null) return true;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
