import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import winston from 'winston';
import { type Clock, systemClock } from '../../../src/clock';
import type { Logger } from '../../../src/logger';
import { AnswerBudget } from '../../../src/openstack/answer-budget';
import {
  CachedFlavorDirectory,
  type CachedFlavorDirectoryOptions,
} from '../../../src/openstack/cached-flavor-directory';
import type { ComputeEndpointChoice } from '../../../src/openstack/compute-endpoint';
import type { Credentials } from '../../../src/openstack/credentials';
import { connectOpenStack } from '../../../src/openstack/connect-openstack';
import { FlavorKeeper } from '../../../src/openstack/flavor-keeper';
import { PrometheusMeter } from '../../../src/metrics/prometheus-meter';
import { NovaFlavorDirectory } from '../../../src/openstack/nova-flavor-directory';
import { Upstream, type UpstreamOptions } from '../../../src/openstack/upstream';
import { novaErrors } from '../../../src/openstack/upstream-errors';
import type { KeptFlavors } from '../../../src/registrations/kept-flavors';
import type { StubCloud } from '../../../src/stub/stub-cloud';

/** A clock that stands still until it is told to go on. */
export class HandClock implements Clock {
  private wallMs = Date.now();
  private monotonicMs = 0;

  now(): number {
    return this.wallMs;
  }

  monotonic(): number {
    return this.monotonicMs;
  }

  passes(seconds: number): void {
    this.wallMs += seconds * 1000;
    this.monotonicMs += seconds * 1000;
  }

  /** The wall clock is set, forward or back; or the machine sleeps, and the monotonic clock with it. */
  isSet(seconds: number): void {
    this.wallMs += seconds * 1000;
  }
}

/** A logger that keeps its lines. */
export function collectLines(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk) => lines.push(String(chunk)));
  return { logger: winston.createLogger({ transports: [new winston.transports.Stream({ stream })] }), lines };
}

/** What the service logs in with: a user of the stub, by names. */
export function passwordOf({ keystone }: StubCloud, username = 'flavorsvc'): Credentials & { method: 'password' } {
  const { password, projectName } = keystone.credentials(username);
  const domain = { name: 'Default' };
  return { method: 'password', user: { name: username, domain }, password, project: { name: projectName, domain } };
}

/** What looks for a service that is away does so for ever: the next tests would pay for it. */
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

/** An upstream with limits that no test meets by accident. */
export function createUpstream(options: Partial<UpstreamOptions> = {}): Upstream {
  const upstream = new Upstream({
    errors: novaErrors,
    attemptTimeoutMs: 5_000,
    maxAnswerBytes: 16 * 1024 * 1024,
    budget: new AnswerBudget(64 * 1024 * 1024),
    ca: undefined,
    probe: () => ({ url: 'http://127.0.0.1:1', headers: {} }),
    probeIntervalMs: 10,
    clock: systemClock,
    logger: collectLines().logger,
    meter: new PrometheusMeter(),
    ...options,
  });
  opened.push(upstream);
  return upstream;
}

export interface ClientOptions {
  readonly credentials?: Credentials;
  readonly endpoint?: Partial<ComputeEndpointChoice>;
  readonly authUrl?: string;
  readonly attemptTimeoutMs?: number;
  readonly keystoneDeadlineMs?: number;
  readonly novaDeadlineMs?: number;
  readonly maxConcurrentRequests?: number;
  readonly maxQueuedRequests?: number;
  readonly serviceTokenRoles?: readonly string[];
  readonly answerMaxBytes?: number;
  readonly tokenCache?: { readonly seconds?: number; readonly entries?: number };
}

/** All our clients, put together against the stub as the service puts them together. */
export function connect(cloud: StubCloud, options: ClientOptions = {}) {
  const clock = new HandClock();
  const { logger, lines } = collectLines();
  const { attemptTimeoutMs: timeoutMs = 5_000, maxConcurrentRequests = 8 } = options;
  const credentials = options.credentials ?? passwordOf(cloud);
  const clients = connectOpenStack(
    {
      openstack: {
        authUrl: options.authUrl ?? cloud.authUrl,
        credentials,
        endpoint: { region: undefined, interface: 'public', override: undefined, ...options.endpoint },
        ca: undefined,
      },
      keystone: {
        ...{ timeoutMs, maxConcurrentRequests, maxQueuedRequests: options.maxQueuedRequests ?? 1000 },
        deadlineMs: options.keystoneDeadlineMs ?? 10_000,
        serviceTokenRoles: options.serviceTokenRoles ?? ['service'],
      },
      nova: { timeoutMs, maxConcurrentRequests },
      upstream: {
        answerMaxBytes: options.answerMaxBytes ?? 16 * 1024 * 1024,
        ...{ inFlightMaxBytes: 64 * 1024 * 1024, probeIntervalMs: 10 },
      },
      tokenCache: { seconds: 300, entries: 100, ...options.tokenCache },
    },
    { logger, clock, meter: new PrometheusMeter() },
  );
  opened.push(clients);
  const deadlineMs = options.novaDeadlineMs ?? 10_000;
  const directory = new NovaFlavorDirectory(clients.nova, { deadlineMs, clock });
  return { ...clients, clock, logger, lines, credentials, directory, validator: clients.tokens };
}

export type Clients = ReturnType<typeof connect>;

/** What remembers, in front of these clients, with limits that no test meets by accident. */
export function createCache(
  { directory, sessions, clock, logger }: Clients,
  options: Partial<CachedFlavorDirectoryOptions> = {},
  kept: KeptFlavors = {
    find: () => [],
    keep: () => Promise.resolve(),
    count: async () => ({ available: 0, changed: 0, missing: 0, unknown: 0 }),
  },
): CachedFlavorDirectory {
  const defaults = { ttlSeconds: 30, staleWhileRevalidateSeconds: 0, maxStaleSeconds: 0, maxEntries: 100 };
  const all = { ...defaults, deadlineMs: 10_000, clock, logger, ...options };
  const keeper = new FlavorKeeper(kept, { ...all, locate: (id) => sessions.locate(id) });
  return new CachedFlavorDirectory(directory, keeper, all);
}

/** A request id, and nobody who hangs up. */
export function aCall(signal: AbortSignal = new AbortController().signal) {
  return { globalRequestId: 'req-11111111-2222-3333-4444-555555555555', signal, nextTurn: () => setImmediate() };
}

/** The same from a source: who wants to know about a token. */
export function anAsker(source = '192.0.2.1', signal?: AbortSignal) {
  return { ...aCall(signal), source };
}
