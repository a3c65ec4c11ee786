import { read } from './support/settings';

describe('the settings', () => {
  it('need nothing but Keystone and a user, and have a default for everything else', () => {
    expect(read()).toEqual({
      http: {
        host: '127.0.0.1',
        port: 8788,
        maxHeaderBytes: 65_536,
        maxConcurrentRequests: 2000,
        maxConnections: 4000,
        requestTimeoutMs: 30_000,
        keepAliveTimeoutMs: 65_000,
        drainSeconds: 5,
        shutdownSeconds: 10,
        errorHelpUrl: undefined,
        validateResponses: false,
      },
      databaseUrl: 'file:data/registered-flavors.db',
      log: { level: 'info', format: 'json' },
      roles: { reader: ['reader', 'member', 'service'], admin: ['admin'], service: ['service'] },
      serviceTypes: undefined,
      openstack: {
        authUrl: 'https://keystone.example:5000/v3',
        wwwAuthenticateUri: 'https://keystone.example:5000/v3',
        credentials: {
          method: 'password',
          user: { name: 'registrar', domain: { id: 'default' } },
          password: 'a password',
          project: { name: 'service', domain: { id: 'default' } },
        },
        endpoint: { region: undefined, interface: 'public', override: undefined },
        ca: undefined,
      },
      tokenCache: { seconds: 300, entries: 10_000 },
      flavorCache: { ttlSeconds: 30, staleWhileRevalidateSeconds: 60, maxStaleSeconds: 86_400, maxEntries: 20_000 },
      answerCacheBytes: 16_777_216,
      keystone: {
        timeoutMs: 5_000,
        deadlineMs: 10_000,
        maxConcurrentRequests: 8,
        maxQueuedRequests: 800,
        serviceTokenRoles: ['service'],
      },
      nova: { timeoutMs: 10_000, deadlineMs: 30_000, maxConcurrentRequests: 8 },
      upstream: { answerMaxBytes: 16_777_216, inFlightMaxBytes: 67_108_864, probeIntervalMs: 1_000 },
      warnings: [],
    });
  });

  it('come each into its own place', () => {
    const numbers = {
      PORT: '1',
      MAX_HEADER_BYTES: '16385',
      REQUEST_TIMEOUT_MS: '102',
      DRAIN_SECONDS: '16',
      SHUTDOWN_SECONDS: '3',
      TOKEN_CACHE_SECONDS: '4',
      TOKEN_CACHE_ENTRIES: '5',
      FLAVOR_TTL_SECONDS: '6',
      FLAVOR_CACHE_ENTRIES: '7',
      FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: '14',
      FLAVOR_MAX_STALE_SECONDS: '15',
      ANSWER_CACHE_BYTES: '100000',
      KEYSTONE_TIMEOUT_MS: '8',
      KEYSTONE_DEADLINE_MS: '9',
      KEYSTONE_MAX_CONCURRENT_REQUESTS: '13',
      KEYSTONE_MAX_QUEUED_REQUESTS: '14',
      UPSTREAM_PROBE_INTERVAL_MS: '15',
      NOVA_TIMEOUT_MS: '10',
      MAX_CONCURRENT_REQUESTS: '17',
      KEEP_ALIVE_TIMEOUT_MS: '1001',
      MAX_CONNECTIONS: '18',
      NOVA_DEADLINE_MS: '11',
      NOVA_MAX_CONCURRENT_REQUESTS: '12',
      UPSTREAM_ANSWER_MAX_BYTES: '65537',
      UPSTREAM_IN_FLIGHT_MAX_BYTES: '65538',
    };
    const words = {
      HOST: '::1',
      ERROR_HELP_URL: 'https://docs.example/errors',
      VALIDATE_RESPONSES: 'true',
      WWW_AUTHENTICATE_URI: 'https://public.example/v3',
      DATABASE_URL: 'file:other.db',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'text',
      READER_ROLES: 'reader, auditor',
      ADMIN_ROLES: 'admin,dbaas-admin',
      SERVICE_ROLES: 'dbaas-service , caching',
      SERVICE_TOKEN_ROLES: 'service, dbaas',
      SERVICE_TYPES: 'redis, mysql',
    };
    const { openstack, ...config } = read({ ...numbers, ...words });
    expect(openstack).toEqual({ ...read().openstack, wwwAuthenticateUri: 'https://public.example/v3' });
    expect(config).toEqual({
      http: {
        host: '::1',
        port: 1,
        maxHeaderBytes: 16_385,
        maxConcurrentRequests: 17,
        maxConnections: 18,
        requestTimeoutMs: 102,
        keepAliveTimeoutMs: 1_001,
        drainSeconds: 16,
        shutdownSeconds: 3,
        errorHelpUrl: 'https://docs.example/errors',
        validateResponses: true,
      },
      databaseUrl: 'file:other.db',
      log: { level: 'debug', format: 'text' },
      roles: { reader: ['reader', 'auditor'], admin: ['admin', 'dbaas-admin'], service: ['dbaas-service', 'caching'] },
      serviceTypes: ['redis', 'mysql'],
      tokenCache: { seconds: 4, entries: 5 },
      flavorCache: { ttlSeconds: 6, staleWhileRevalidateSeconds: 14, maxStaleSeconds: 15, maxEntries: 7 },
      answerCacheBytes: 100_000,
      keystone: {
        timeoutMs: 8,
        deadlineMs: 9,
        maxConcurrentRequests: 13,
        maxQueuedRequests: 14,
        serviceTokenRoles: ['service', 'dbaas'],
      },
      nova: { timeoutMs: 10, deadlineMs: 11, maxConcurrentRequests: 12 },
      upstream: { answerMaxBytes: 65_537, inFlightMaxBytes: 65_538, probeIntervalMs: 15 },
      warnings: [],
    });
  });
});
