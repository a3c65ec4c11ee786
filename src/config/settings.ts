import { isIP } from 'node:net';
import { z } from 'zod';
import { readUrl } from './read-url';
import { SERVICE_TYPE_PATTERN, SERVICE_TYPE_RULE } from '../registrations/service-type';
import { readOrigins } from './read-origins';

/** What says where OpenStack is: the names that operators know. `cloud-values.ts` has the older names for them. */
export const OPENSTACK_SETTINGS = [
  'OS_CLOUD',
  'OS_CLIENT_CONFIG_FILE',
  'OS_CLIENT_SECURE_FILE',
  'OS_AUTH_URL',
  'OS_USERNAME',
  'OS_USER_ID',
  'OS_PASSWORD',
  'OS_USER_DOMAIN_NAME',
  'OS_USER_DOMAIN_ID',
  'OS_PROJECT_NAME',
  'OS_PROJECT_ID',
  'OS_PROJECT_DOMAIN_NAME',
  'OS_PROJECT_DOMAIN_ID',
  'OS_APPLICATION_CREDENTIAL_ID',
  'OS_APPLICATION_CREDENTIAL_NAME',
  'OS_APPLICATION_CREDENTIAL_SECRET',
  'OS_REGION_NAME',
  'OS_INTERFACE',
  'OS_CACERT',
  'OS_COMPUTE_ENDPOINT_OVERRIDE',
  'WWW_AUTHENTICATE_URI',
] as const;

/** Every other environment variable the service reads, with its form and default. `.env.example` explains each. */
export const serviceSettings = z.object({
  HOST: address('127.0.0.1'),
  PORT: whole(8788, { min: 0, max: 65_535 }),
  MAX_HEADER_BYTES: whole(65_536, { min: 16_384, max: 1_048_576 }),
  MAX_CONCURRENT_REQUESTS: whole(2000, { min: 1, max: 100_000 }),
  MAX_CONNECTIONS: whole(4000, { min: 1, max: 100_000 }),
  REQUEST_TIMEOUT_MS: whole(30_000, { min: 100, max: 3_600_000 }),
  KEEP_ALIVE_TIMEOUT_MS: whole(65_000, { min: 1_000, max: 3_600_000 }),
  DRAIN_SECONDS: whole(5, { min: 0, max: 3600 }),
  SHUTDOWN_SECONDS: whole(10, { min: 0, max: 3600 }),
  ERROR_HELP_URL: optionalUrl(),
  CORS_ALLOWED_ORIGINS: optionalOrigins(),
  METRICS_HOST: address('127.0.0.1'),
  METRICS_PORT: optionalWhole({ min: 0, max: 65_535 }),
  HEALTHCHECK_DISABLE_BY_FILE_PATH: optionalText(),
  VALIDATE_RESPONSES: oneOf(['true', 'false'], 'false').transform((value) => value === 'true'),

  // Without the value: a URL of another kind of database may hold a password.
  DATABASE_URL: text('file:data/registered-flavors.db').refine((value) => value.startsWith('file:'), {
    error: 'must begin with "file:" and name a file, like file:data/registry.db',
  }),

  LOG_LEVEL: oneOf(['error', 'warn', 'info', 'debug'], 'info', { warning: 'warn' }),
  LOG_FORMAT: oneOf(['json', 'text'], 'json'),

  READER_ROLES: names('reader,member,service'),
  ADMIN_ROLES: names('admin'),
  SERVICE_ROLES: names('service'),
  SERVICE_TOKEN_ROLES: names('service'),

  SERVICE_TYPES: serviceTypes(),

  TOKEN_CACHE_SECONDS: whole(300, { min: 0, max: 86_400 }),
  TOKEN_CACHE_ENTRIES: whole(10_000, { min: 1, max: 1_000_000 }),
  FLAVOR_TTL_SECONDS: whole(30, { min: 0, max: 86_400 }),
  FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: whole(60, { min: 0, max: 86_400 }),
  FLAVOR_MAX_STALE_SECONDS: whole(86_400, { min: 0, max: 31_536_000 }),
  FLAVOR_CACHE_ENTRIES: whole(20_000, { min: 1, max: 1_000_000 }),
  ANSWER_CACHE_BYTES: whole(16_777_216, { min: 65_536, max: 17_179_869_184 }),

  KEYSTONE_TIMEOUT_MS: whole(5_000, { min: 1, max: 600_000 }),
  KEYSTONE_DEADLINE_MS: whole(10_000, { min: 1, max: 600_000 }),
  KEYSTONE_MAX_CONCURRENT_REQUESTS: whole(8, { min: 1, max: 1000 }),
  KEYSTONE_MAX_QUEUED_REQUESTS: whole(800, { min: 0, max: 100_000 }),
  NOVA_TIMEOUT_MS: whole(10_000, { min: 1, max: 600_000 }),
  NOVA_DEADLINE_MS: whole(30_000, { min: 1, max: 600_000 }),
  NOVA_MAX_CONCURRENT_REQUESTS: whole(8, { min: 1, max: 1000 }),
  UPSTREAM_ANSWER_MAX_BYTES: whole(16_777_216, { min: 65_536, max: 1_073_741_824 }),
  UPSTREAM_IN_FLIGHT_MAX_BYTES: whole(67_108_864, { min: 65_536, max: 4_294_967_296 }),
  UPSTREAM_PROBE_INTERVAL_MS: whole(1_000, { min: 1, max: 600_000 }),
});

export type ServiceSettings = z.infer<typeof serviceSettings>;

function text(fallback: string) {
  return z.string().default(fallback);
}

/**
 * An IP address to listen on. `localhost` is always 127.0.0.1: the system may name ::1 first, where a proxy that asks
 * 127.0.0.1 finds nobody. Other names are refused: they come from shells that set HOST, and name any of the addresses.
 */
function address(fallback: string) {
  return text(fallback)
    .transform((value) => (/^localhost$/i.test(value) ? '127.0.0.1' : value.replace(/^\[(.*)\]$/, '$1')))
    .refine((value) => isIP(value) !== 0, {
      error: ({ input }) =>
        `must be an IP address to listen on, such as 127.0.0.1, 0.0.0.0 or ::, not "${String(input)}" (some shells set HOST by themselves, and the environment wins over .env)`,
    });
}

function optionalText() {
  return z.string().optional();
}

function optionalUrl() {
  return z
    .string()
    .transform((value, context) => {
      const mistakes: string[] = [];
      const url = readUrl('It', value, mistakes);
      for (const mistake of mistakes) context.addIssue({ code: 'custom', message: mistake.slice('It '.length, -1) });
      return url;
    })
    .optional();
}

function names(fallback: string) {
  return list(z.string().default(fallback));
}

function serviceTypes() {
  return list(z.string())
    .refine((types) => types.every((name) => SERVICE_TYPE_PATTERN.test(name)), {
      error: `must be service types separated by commas. ${SERVICE_TYPE_RULE.replace(/\.$/, '')}`,
    })
    .optional();
}

function optionalOrigins() {
  return z
    .string()
    .transform((value, context) => {
      const { origins, mistakes } = readOrigins(value);
      for (const message of mistakes) context.addIssue({ code: 'custom', message });
      return origins;
    })
    .optional();
}

function list<T extends z.ZodType<string>>(text: T) {
  return text
    .transform((value) => value.split(',').map((name) => name.trim()))
    .refine((items) => items.every((name) => name !== ''), {
      error: 'must be names separated by commas, without an empty one',
    });
}

/** One of some words, in upper or lower case alike. */
function oneOf<const T extends readonly string[]>(
  values: T,
  fallback: T[number],
  synonyms: Readonly<Record<string, T[number]>> = {},
) {
  const meant = (value: string): T[number] | undefined => {
    const word = value.toLowerCase();
    return values.find((each) => each === (synonyms[word] ?? word));
  };
  return text(fallback)
    .refine((value) => meant(value) !== undefined, {
      error: ({ input }) => `must be one of ${values.join(', ')}, not "${String(input)}"`,
    })
    .transform((value) => meant(value) as T[number]);
}

function whole(fallback: number, range: { min: number; max: number }) {
  return wholeText(z.string().default(String(fallback)), range).transform(Number);
}

function optionalWhole(range: { min: number; max: number }) {
  return wholeText(z.string(), range).transform(Number).optional();
}

function wholeText<T extends z.ZodType<string>>(text: T, { min, max }: { min: number; max: number }) {
  return text.refine((value) => /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max, {
    error: ({ input }) => `must be a whole number from ${min} to ${max}, not "${String(input)}"`,
  });
}
