import type { Express } from 'express';
import { type Clock, systemClock } from './clock';
import type { Config } from './config/config';
import { createApp } from './http/app';
import { type Contract, type OperationHandlers, readContract } from './http/contract';
import { readErrorPages } from './http/error-pages';
import { getContract } from './http/operations/getContract';
import { getErrorPage } from './http/operations/getErrorPage';
import { getHealth } from './http/operations/getHealth';
import { getReadiness, type ReadinessSources } from './http/operations/getReadiness';
import { getVersions } from './http/operations/getVersions';
import { listErrorCodes } from './http/operations/listErrorCodes';
import { outOfServiceBy } from './http/out-of-service';
import { registryHandlers, type RegistrySettings } from './http/registry-handlers';
import { listen, type RunningServer, type ServerOptions } from './http/server';
import type { Logger } from './logger';
import { exposeMetrics, type Watched } from './metrics/expose-metrics';
import type { MetricsServer } from './metrics/metrics-server';
import { PrometheusMeter } from './metrics/prometheus-meter';
import { CachedFlavorDirectory } from './openstack/cached-flavor-directory';
import { connectOpenStack, type OpenStack } from './openstack/connect-openstack';
import { FlavorKeeper } from './openstack/flavor-keeper';
import { lookAtOpenStack } from './openstack/first-look';
import { NovaFlavorCatalog } from './openstack/nova-flavor-catalog';
import { NovaFlavorDirectory } from './openstack/nova-flavor-directory';
import type { NovaClient } from './openstack/nova-client';
import type { KeptFlavors } from './registrations/kept-flavors';
import { requireAdmin } from './registrations/policy';
import type { RegistrationStore } from './registrations/registration-store';
import { openStore } from './store/open-store';
import { FairTurns } from './fairness/fair-turns';
import { VERSION } from './version';

/** A service that takes requests. */
export interface Service {
  readonly url: string;
  /** Where its metrics are served; undefined when they are not. */
  readonly metricsUrl: string | undefined;
  /** Readiness says no from now on; all else is served as before, and every answer ends its connection. */
  drain(): void;
  /** Takes no more connections, finishes what runs, gives the registry back. */
  close(): Promise<void>;
}

/**
 * Makes a running service out of a config: the only place that knows every room. Starts also while Keystone or Nova is
 * away, and says so in the log.
 * @throws StoreOpenError, or the system's error when it cannot listen
 */
export async function startService(config: Config, logger: Logger, clock: Clock = systemClock): Promise<Service> {
  const { wwwAuthenticateUri } = config.openstack;
  const http = { ...config.http, wwwAuthenticateUri, fairTurns: new FairTurns() };
  const { registrations: store, events, keptFlavors } = await openStore({ databaseUrl: config.databaseUrl, logger });
  const meter = new PrometheusMeter();
  const openstack = connectOpenStack(config, { logger, clock, meter });
  const parts = { store, events, keptFlavors, meter, openstack, clock, logger };
  const flavors = createDirectory(config, openstack, keptFlavors, { clock, logger });
  const catalog = new NovaFlavorCatalog(openstack.nova, { deadlineMs: config.nova.deadlineMs });
  const contract = readContract();
  let isStopping = false;
  const app = createApp({
    ...http,
    ...{ contract, logger, meter },
    requireWriter: (caller) => void requireAdmin(caller, config.roles),
    measure: () => store.measure(),
    identifyCaller: openstack.identifyCaller,
    peekCaller: (token) => openstack.tokens.peek(token),
    handlers: allHandlers(config, { ...parts, flavors, catalog, contract, isStopping: () => isStopping }),
  });
  const closeParts = async (): Promise<void> => {
    await flavors.close();
    openstack.close();
    await store.close();
  };
  const { server, metrics } = await listenEverywhere(app, { ...http, logger }, config, parts).catch(
    async (error: unknown) => {
      await closeParts();
      throw error;
    },
  );
  logger.info('listening', { url: server.url, version: VERSION });
  void lookAt(openstack.nova, config, logger);
  return {
    url: server.url,
    metricsUrl: metrics?.url,
    drain: () => {
      isStopping = true;
      server.drain();
    },
    close: async () => {
      isStopping = true;
      await server.close(config.http.shutdownSeconds * 1000);
      await metrics?.close();
      await closeParts();
    },
  };
}

function createDirectory(
  { nova: { deadlineMs }, flavorCache }: Config,
  { nova, sessions }: OpenStack,
  keptFlavors: KeptFlavors,
  { clock, logger }: { clock: Clock; logger: Logger },
): CachedFlavorDirectory {
  return new CachedFlavorDirectory(
    new NovaFlavorDirectory(nova, { deadlineMs, clock }),
    new FlavorKeeper(keptFlavors, { ...flavorCache, locate: (id) => sessions.locate(id), logger }),
    { ...flavorCache, deadlineMs, clock, logger },
  );
}

/** The metrics first: what cannot be watched is not to be used. */
async function listenEverywhere(
  app: Express,
  options: ServerOptions,
  config: Config,
  { meter, openstack, ...parts }: Omit<Watched, 'away'> & { meter: PrometheusMeter; openstack: OpenStack },
): Promise<{ server: RunningServer; metrics: MetricsServer | undefined }> {
  const metrics = await exposeMetrics(config.metrics, meter, { ...parts, away: () => openstack.away() });
  try {
    return { server: await listen(app, options), metrics };
  } catch (error) {
    await metrics?.close();
    throw error;
  }
}

function allHandlers(
  config: Config,
  parts: Parameters<typeof serviceHandlers>[1] & Omit<Parameters<typeof registryHandlers>[1], 'roles'>,
): OperationHandlers {
  return new Map([
    ...registryHandlers(registrySettings(config), { ...parts, roles: config.roles }),
    ...serviceHandlers(config, parts),
  ]);
}

function serviceHandlers(
  config: Config,
  parts: {
    contract: Contract;
    store: RegistrationStore;
    openstack: OpenStack;
    isStopping: () => boolean;
    logger: Logger;
  },
): OperationHandlers {
  const errorPages = readErrorPages();
  const isOutOfService = outOfServiceBy(config.http.healthcheckDisableByFilePath);
  return new Map([
    ['getReadiness', readiness({ ...parts, isOutOfService })],
    ['getVersions', getVersions()],
    ['getHealth', getHealth(isOutOfService)],
    ['getContract', getContract(parts.contract)],
    ['listErrorCodes', listErrorCodes(errorPages)],
    ['getErrorPage', getErrorPage(errorPages)],
  ]);
}

function registrySettings({ serviceTypes, answerCacheBytes, flavorCache: { ttlSeconds } }: Config): RegistrySettings {
  return { serviceTypes, answerCacheBytes, ttlSeconds };
}

function readiness(
  parts: Omit<Parameters<typeof serviceHandlers>[1], 'contract'> & Pick<ReadinessSources, 'isOutOfService'>,
) {
  const { store, openstack, isStopping, isOutOfService, logger } = parts;
  return getReadiness({
    checkRegistry: () => store.requireCurrent(),
    ...{ isStopping, isOutOfService, logger },
    degraded: () => openstack.away(),
  });
}

function lookAt(nova: NovaClient, { openstack, nova: { deadlineMs } }: Config, logger: Logger): Promise<void> {
  const { authUrl: keystone, endpoint } = openstack;
  return lookAtOpenStack(nova, { keystone, computeOverride: endpoint.override, deadlineMs, logger });
}
