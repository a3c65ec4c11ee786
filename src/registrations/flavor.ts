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
