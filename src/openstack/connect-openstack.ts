import type { Clock } from '../clock';
import type { Logger } from '../logger';
import type { Meter } from '../meter';
import { AnswerBudget } from './answer-budget';
import type { ComputeEndpointChoice } from './compute-endpoint';
import type { Credentials } from './credentials';
import { identifyCallers } from './identify-caller';
import { KeystoneClient } from './keystone-client';
import { NovaClient } from './nova-client';
import { NovaSessions } from './nova-session';
import { ServiceToken } from './service-token';
import { TokenValidator } from './token-validator';
import { Upstream } from './upstream';
import { keystoneErrors, novaErrors } from './upstream-errors';
import { ValidationPlaces, type ValidationPlacesOptions } from './validation-places';

export interface OpenStackOptions {
  readonly openstack: {
    readonly authUrl: string;
    readonly credentials: Credentials;
    readonly endpoint: ComputeEndpointChoice;
    readonly ca: string | undefined;
  };
  readonly keystone: ValidationPlacesOptions & {
    readonly timeoutMs: number;
    readonly deadlineMs: number;
    readonly serviceTokenRoles: readonly string[];
  };
  readonly nova: { readonly timeoutMs: number; readonly maxConcurrentRequests: number };
  readonly upstream: {
    readonly answerMaxBytes: number;
    readonly inFlightMaxBytes: number;
    readonly probeIntervalMs: number;
  };
  readonly tokenCache: { readonly seconds: number; readonly entries: number };
}

/** What this service needs of OpenStack. */
export interface OpenStack {
  readonly keystone: KeystoneClient;
  readonly serviceToken: ServiceToken;
  readonly tokens: TokenValidator;
  readonly identifyCaller: ReturnType<typeof identifyCallers>;
  readonly sessions: NovaSessions;
  readonly nova: NovaClient;
  /** Which of the two do not work at this moment. */
  away(): ('keystone' | 'nova')[];
  /** Does not look after them any more. */
  close(): void;
}

/** Puts together the clients of one Keystone and one Nova. Asks nothing yet. */
export function connectOpenStack(
  options: OpenStackOptions,
  { logger, clock, meter }: { logger: Logger; clock: Clock; meter: Meter },
): OpenStack {
  const { openstack, upstream } = options;
  const { deadlineMs, serviceTokenRoles: roles } = options.keystone;
  const shared = {
    maxAnswerBytes: upstream.answerMaxBytes,
    budget: new AnswerBudget(upstream.inFlightMaxBytes),
    ca: openstack.ca,
    probeIntervalMs: upstream.probeIntervalMs,
    clock,
    logger,
    meter,
  };
  const toKeystone: Upstream = new Upstream({
    errors: keystoneErrors,
    attemptTimeoutMs: options.keystone.timeoutMs,
    probe: () => keystone.probe(serviceToken.held),
    ...shared,
  });
  const toNova: Upstream = new Upstream({
    errors: novaErrors,
    attemptTimeoutMs: options.nova.timeoutMs,
    probe: () => sessions.probe(),
    ...shared,
  });
  const keystone = new KeystoneClient(toKeystone, openstack.authUrl);
  const serviceToken = new ServiceToken(keystone, openstack.credentials, { deadlineMs, clock, logger, meter });
  const sessions = new NovaSessions(toNova, serviceToken, openstack.endpoint, clock);
  const places = new ValidationPlaces(options.keystone);
  const tokens = new TokenValidator(keystone, serviceToken, places, { ...options.tokenCache, deadlineMs, clock });
  return {
    keystone,
    serviceToken,
    tokens,
    identifyCaller: identifyCallers(tokens, { roles, deadlineMs }),
    sessions,
    nova: new NovaClient(toNova, sessions, options.nova.maxConcurrentRequests),
    away: () => [...(toKeystone.isAway ? (['keystone'] as const) : []), ...(toNova.isAway ? (['nova'] as const) : [])],
    close: () => {
      toNova.close();
      toKeystone.close();
    },
  };
}
