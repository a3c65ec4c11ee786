import { PassThrough } from 'node:stream';
import winston from 'winston';
import type { Clock } from '../../../src/clock';
import type { Logger } from '../../../src/logger';
import { AnswerBudget } from '../../../src/openstack/answer-budget';
import {
  CachedFlavorDirectory,
  type CachedFlavorDirectoryOptions,
} from '../../../src/openstack/cached-flavor-directory';
import type { ComputeEndpointChoice } from '../../../src/openstack/compute-endpoint';
import type { Credentials } from '../../../src/openstack/credentials';
import { KeystoneClient } from '../../../src/openstack/keystone-client';
import { NovaClient } from '../../../src/openstack/nova-client';
import { NovaSessions } from '../../../src/openstack/nova-session';
import { NovaFlavorDirectory } from '../../../src/openstack/nova-flavor-directory';
import { ServiceToken } from '../../../src/openstack/service-token';
import { TokenValidator } from '../../../src/openstack/token-validator';
import { Upstream, type UpstreamOptions } from '../../../src/openstack/upstream';
import { keystoneErrors, novaErrors } from '../../../src/openstack/upstream-errors';
import type { StubCloud } from '../../../src/stub/stub-cloud';

/** A clock that stands still until it is told to go on. */
export class HandClock implements Clock {
  private ms = Date.now();

  now(): number {
    return this.ms;
  }

  passes(seconds: number): void {
    this.ms += seconds * 1000;
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

/** An upstream with limits that no test meets by accident. */
export function createUpstream(options: Partial<UpstreamOptions> = {}): Upstream {
  return new Upstream({
    errors: novaErrors,
    attemptTimeoutMs: 5_000,
    maxAnswerBytes: 16 * 1024 * 1024,
    budget: new AnswerBudget(64 * 1024 * 1024),
    ca: undefined,
    ...options,
  });
}

export interface ClientOptions {
  readonly credentials?: Credentials;
  readonly endpoint?: Partial<ComputeEndpointChoice>;
  readonly authUrl?: string;
  readonly attemptTimeoutMs?: number;
  readonly keystoneDeadlineMs?: number;
  readonly novaDeadlineMs?: number;
  readonly maxConcurrentRequests?: number;
  readonly tokenCache?: { readonly seconds?: number; readonly entries?: number };
}

/** All our clients, put together against the stub as the service puts them together. */
export function connect(cloud: StubCloud, options: ClientOptions = {}) {
  const clock = new HandClock();
  const { logger, lines } = collectLines();
  const { attemptTimeoutMs = 5_000, keystoneDeadlineMs: deadlineMs = 10_000 } = options;
  const endpoint = { region: undefined, interface: 'public' as const, override: undefined, ...options.endpoint };
  const keystone = new KeystoneClient(
    createUpstream({ errors: keystoneErrors, attemptTimeoutMs }),
    options.authUrl ?? cloud.authUrl,
    options.maxConcurrentRequests ?? 8,
  );
  const credentials = options.credentials ?? passwordOf(cloud);
  const serviceToken = new ServiceToken(keystone, credentials, { deadlineMs, clock, logger });
  const toNova = createUpstream({ attemptTimeoutMs });
  const sessions = new NovaSessions(toNova, serviceToken, endpoint, clock);
  const nova = new NovaClient(toNova, sessions, options.maxConcurrentRequests ?? 8);
  const directory = new NovaFlavorDirectory(nova, { deadlineMs: options.novaDeadlineMs ?? 10_000, clock, logger });
  const { seconds = 300, entries = 100 } = options.tokenCache ?? {};
  const validator = new TokenValidator(keystone, serviceToken, { seconds, entries, deadlineMs, clock });
  return { clock, logger, lines, keystone, credentials, serviceToken, nova, directory, validator };
}

export type Clients = ReturnType<typeof connect>;

/** What remembers, in front of these clients, with limits that no test meets by accident. */
export function createCache(
  { directory, clock, logger }: Clients,
  options: Partial<CachedFlavorDirectoryOptions> = {},
): CachedFlavorDirectory {
  const defaults = { ttlSeconds: 30, staleWhileRevalidateSeconds: 0, maxStaleSeconds: 0, maxEntries: 100 };
  return new CachedFlavorDirectory(directory, { ...defaults, deadlineMs: 10_000, clock, logger, ...options });
}

/** Flavor ids as a look-up in Nova takes them: with their access lists, or without. */
export function wanted(flavorIds: readonly string[], withAccess = false): Map<string, boolean> {
  return new Map(flavorIds.map((id) => [id, withAccess]));
}

/** A request id, and nobody who hangs up. */
export function aCall(signal: AbortSignal = new AbortController().signal) {
  return { globalRequestId: 'req-11111111-2222-3333-4444-555555555555', signal };
}
