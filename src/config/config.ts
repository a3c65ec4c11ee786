import { ConfigError } from './config-error';
import { readEnvironment } from './env-file';
import { oddSecrets, readGivenValues } from './odd-values';
import { type OpenStackConfig, readOpenStackConfig } from './openstack-config';
import { type ServiceSettings, serviceSettings } from './settings';

/** What the service was told, once and for all: nobody else reads the environment. */
export interface Config {
  readonly http: {
    readonly host: string;
    /** 0 picks a free one. */
    readonly port: number;
    readonly maxHeaderBytes: number;
    readonly maxConcurrentRequests: number;
    readonly maxConnections: number;
    readonly requestTimeoutMs: number;
    readonly keepAliveTimeoutMs: number;
    readonly drainSeconds: number;
    readonly shutdownSeconds: number;
    readonly errorHelpUrl: string | undefined;
    /** Whose pages may read answers in a browser; undefined when nobody's may. */
    readonly corsAllowedOrigins: readonly string[] | undefined;
    readonly validateResponses: boolean;
    /** While there is a file, the health check says no. */
    readonly healthcheckDisableByFilePath: string | undefined;
  };
  /** Where metrics are served; undefined when they are not. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  readonly databaseUrl: string;
  readonly log: { readonly level: string; readonly format: 'json' | 'text' };
  readonly roles: {
    readonly reader: readonly string[];
    readonly admin: readonly string[];
    readonly service: readonly string[];
  };
  /** The only ones that flavors may be registered for; undefined when all may be. */
  readonly serviceTypes: readonly string[] | undefined;
  readonly openstack: OpenStackConfig;
  readonly tokenCache: { readonly seconds: number; readonly entries: number };
  readonly flavorCache: {
    readonly ttlSeconds: number;
    readonly staleWhileRevalidateSeconds: number;
    readonly maxStaleSeconds: number;
    readonly maxEntries: number;
  };
  readonly answerCacheBytes: number;
  readonly keystone: {
    readonly timeoutMs: number;
    readonly deadlineMs: number;
    readonly maxConcurrentRequests: number;
    readonly maxQueuedRequests: number;
    /** Whoever has one of these may send its token as a service token. */
    readonly serviceTokenRoles: readonly string[];
  };
  readonly nova: { readonly timeoutMs: number; readonly deadlineMs: number; readonly maxConcurrentRequests: number };
  readonly upstream: {
    readonly answerMaxBytes: number;
    readonly inFlightMaxBytes: number;
    readonly probeIntervalMs: number;
  };
  /** What was set and has no effect, or looks odd, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads the environment into a config.
 * @throws ConfigError with every mistake that there is
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const { given, mistakes } = readGivenValues(environment);
  const warnings = oddSecrets(given);
  const service = serviceSettings.safeParse(given);
  for (const issue of service.error?.issues ?? []) mistakes.push(`${issue.path.join()} ${issue.message}.`);
  const openstack = collect(mistakes, () => readOpenStackConfig(given, warnings));
  mistakes.push(...contradictions(given), ...untrustworthy(given));
  if (!service.success || openstack === undefined || mistakes.length > 0) throw new ConfigError(mistakes);
  return freeze({ ...arrange(service.data, openstack), warnings });
}

function collect<T>(mistakes: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    mistakes.push(...error.mistakes);
    return undefined;
  }
}

/**
 * Reads nothing but where the registry is: whoever looks after the file does not need OpenStack. A mistake in `.env` may
 * have lost just that, and does not matter where the environment says it.
 * @throws ConfigError
 */
export function readProcessDatabaseUrl(): string {
  const { values, mistakes: ofTheFile } = readEnvironment();
  const { given, mistakes } = readGivenValues({ DATABASE_URL: values['DATABASE_URL'] });
  const { error, data } = serviceSettings.pick({ DATABASE_URL: true }).safeParse(given);
  mistakes.push(...(error?.issues ?? []).map((issue) => `DATABASE_URL ${issue.message}.`));
  if (!process.env['DATABASE_URL']) mistakes.unshift(...ofTheFile);
  if (data === undefined || mistakes.length > 0) throw new ConfigError(mistakes);
  return data.DATABASE_URL;
}

/** Reads the process's own environment, and `.env` of the working folder when there is one (the environment wins). */
export function readProcessConfig(): Config {
  const { values, mistakes: ofTheFile, warnings } = readEnvironment();
  const mistakes = [...ofTheFile];
  const config = collect(mistakes, () => readConfig(values));
  if (config === undefined || mistakes.length > 0) throw new ConfigError(mistakes);
  return freeze({ ...config, warnings: [...warnings, ...config.warnings] });
}

/** Node.js's own switch would be ignored: whoever sets it expects something else. */
function untrustworthy({
  NODE_TLS_REJECT_UNAUTHORIZED: value,
}: Readonly<Record<string, string | undefined>>): string[] {
  if (value !== '0') return [];
  return ['NODE_TLS_REJECT_UNAUTHORIZED=0 is not supported: name the CA file with OS_CACERT.'];
}

/** Settings that are right each by itself and wrong together. */
function contradictions(given: Readonly<Record<string, string | undefined>>): string[] {
  const pairs = [
    ['KEYSTONE_TIMEOUT_MS', 'KEYSTONE_DEADLINE_MS'],
    ['NOVA_TIMEOUT_MS', 'NOVA_DEADLINE_MS'],
    ['UPSTREAM_ANSWER_MAX_BYTES', 'UPSTREAM_IN_FLIGHT_MAX_BYTES'],
  ] as const;
  return pairs.flatMap(([part, whole]) => {
    const [partValue, wholeValue] = [part, whole].map(
      (name) => serviceSettings.shape[name].safeParse(given[name]).data,
    );
    if (partValue === undefined || wholeValue === undefined || partValue <= wholeValue) return [];
    return [`${part} (${partValue}) must not be more than ${whole} (${wholeValue}).`];
  });
}

function freeze<T extends object>(config: T): T {
  for (const value of Object.values(config)) if (typeof value === 'object' && value !== null) freeze(value as object);
  return Object.freeze(config);
}

function arrange(values: ServiceSettings, openstack: OpenStackConfig): Omit<Config, 'warnings'> {
  return {
    http: {
      host: values.HOST,
      port: values.PORT,
      maxHeaderBytes: values.MAX_HEADER_BYTES,
      maxConcurrentRequests: values.MAX_CONCURRENT_REQUESTS,
      maxConnections: values.MAX_CONNECTIONS,
      requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
      keepAliveTimeoutMs: values.KEEP_ALIVE_TIMEOUT_MS,
      drainSeconds: values.DRAIN_SECONDS,
      shutdownSeconds: values.SHUTDOWN_SECONDS,
      errorHelpUrl: values.ERROR_HELP_URL,
      corsAllowedOrigins: values.CORS_ALLOWED_ORIGINS,
      validateResponses: values.VALIDATE_RESPONSES,
      healthcheckDisableByFilePath: values.HEALTHCHECK_DISABLE_BY_FILE_PATH,
    },
    metrics: values.METRICS_PORT === undefined ? undefined : { host: values.METRICS_HOST, port: values.METRICS_PORT },
    databaseUrl: values.DATABASE_URL,
    log: { level: values.LOG_LEVEL, format: values.LOG_FORMAT },
    roles: { reader: values.READER_ROLES, admin: values.ADMIN_ROLES, service: values.SERVICE_ROLES },
    serviceTypes: values.SERVICE_TYPES,
    openstack,
    tokenCache: { seconds: values.TOKEN_CACHE_SECONDS, entries: values.TOKEN_CACHE_ENTRIES },
    flavorCache: {
      ttlSeconds: values.FLAVOR_TTL_SECONDS,
      staleWhileRevalidateSeconds: values.FLAVOR_STALE_WHILE_REVALIDATE_SECONDS,
      maxStaleSeconds: values.FLAVOR_MAX_STALE_SECONDS,
      maxEntries: values.FLAVOR_CACHE_ENTRIES,
    },
    answerCacheBytes: values.ANSWER_CACHE_BYTES,
    keystone: {
      timeoutMs: values.KEYSTONE_TIMEOUT_MS,
      deadlineMs: values.KEYSTONE_DEADLINE_MS,
      maxConcurrentRequests: values.KEYSTONE_MAX_CONCURRENT_REQUESTS,
      maxQueuedRequests: values.KEYSTONE_MAX_QUEUED_REQUESTS,
      serviceTokenRoles: values.SERVICE_TOKEN_ROLES,
    },
    nova: {
      timeoutMs: values.NOVA_TIMEOUT_MS,
      deadlineMs: values.NOVA_DEADLINE_MS,
      maxConcurrentRequests: values.NOVA_MAX_CONCURRENT_REQUESTS,
    },
    upstream: {
      answerMaxBytes: values.UPSTREAM_ANSWER_MAX_BYTES,
      inFlightMaxBytes: values.UPSTREAM_IN_FLIGHT_MAX_BYTES,
      probeIntervalMs: values.UPSTREAM_PROBE_INTERVAL_MS,
    },
  };
}
