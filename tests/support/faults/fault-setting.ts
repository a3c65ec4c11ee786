import type { StubFlavor } from '../../../src/stub/stub-flavors';
import { REMEMBERS_NOTHING } from '../test-service';

/** The cloud in which a fault happens, and what of it our service is asked about. */
export interface Scene {
  readonly flavors: readonly StubFlavor[];
  /** Nova's page. */
  readonly maxLimit?: number;
  readonly flavorIds: readonly string[];
}

/** In which cloud, and with which settings of our service, a fault happens. */
export interface FaultSetting {
  readonly scene?: Scene;
  /** Our service waits for it until a limit: with {@link SHORT_LIMITS}. */
  readonly takesLong?: boolean;
  /** Besides those of {@link LIMITS}. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The limits of our service while it is tested, wide enough for a busy machine. */
export const LIMITS = {
  KEYSTONE_TIMEOUT_MS: '3000',
  KEYSTONE_DEADLINE_MS: '6000',
  NOVA_TIMEOUT_MS: '3000',
  NOVA_DEADLINE_MS: '6000',
  UPSTREAM_ANSWER_MAX_BYTES: '2097152',
  UPSTREAM_IN_FLIGHT_MAX_BYTES: '8388608',
} as const;

/** Where the limits are reached: with the documented ones the run would take minutes. */
export const SHORT_LIMITS = {
  KEYSTONE_TIMEOUT_MS: '700',
  KEYSTONE_DEADLINE_MS: '2000',
  NOVA_TIMEOUT_MS: '700',
  NOVA_DEADLINE_MS: '2000',
} as const;

/** Two services, and so two memories: one that has read the flavors before, and one to which they are always unknown. */
export const MEMORY = {
  remembers: {
    FLAVOR_TTL_SECONDS: '30',
    FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: '60',
    FLAVOR_MAX_STALE_SECONDS: '86400',
  },
  'remembers nothing': REMEMBERS_NOTHING,
} as const;

export type Memory = keyof typeof MEMORY;

/** From fresh to beyond both bounds. */
export const STALE_AFTER_SECONDS = 100;
