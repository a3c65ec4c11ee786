import { bulkhead } from 'cockatiel';
import { type Clock, systemClock } from './clock';
import type { Config } from './config/config';
import { createApp } from './http/app';
import { type OperationHandlers, readContract } from './http/contract';
import { checkRegisteredFlavors } from './http/operations/checkRegisteredFlavors';
import { deregisterFlavors } from './http/operations/deregisterFlavors';
import { getContract } from './http/operations/getContract';
import { getHealth } from './http/operations/getHealth';
import { getReadiness } from './http/operations/getReadiness';
import { getRegisteredFlavors } from './http/operations/getRegisteredFlavors';
import { getRegistrationEvents } from './http/operations/getRegistrationEvents';
import { getRegistrations } from './http/operations/getRegistrations';
import { getServiceTypes } from './http/operations/getServiceTypes';
import { getVersions } from './http/operations/getVersions';
import { listRegisteredFlavors } from './http/operations/listRegisteredFlavors';
import { patchRegistrations } from './http/operations/patchRegistrations';
import { registerFlavors } from './http/operations/registerFlavors';
import { registerManyFlavors } from './http/operations/registerManyFlavors';
import { replaceRegistrations } from './http/operations/replaceRegistrations';
import { listen } from './http/server';
import { createViewMemories } from './http/view-memories';
import type { Logger } from './logger';
import { CachedFlavorDirectory } from './openstack/cached-flavor-directory';
import { connectOpenStack, type OpenStack } from './openstack/connect-openstack';
import { FlavorKeeper } from './openstack/flavor-keeper';
import { lookAtOpenStack } from './openstack/first-look';
import { NovaFlavorCatalog } from './openstack/nova-flavor-catalog';
import { NovaFlavorDirectory } from './openstack/nova-flavor-directory';
import type { NovaClient } from './openstack/nova-client';
import type { FlavorCatalog } from './registrations/flavor-catalog';
import type { ReadPorts } from './registrations/get-registered-flavors';
import { requireAdmin } from './registrations/policy';
import type { RegistrationEvents } from './registrations/registration-events';
import type { RegistrationStore } from './registrations/registration-store';
import { openStore } from './store/open-store';

/** How many readers may go through all of the registry at once. */
const SCANS_AT_ONCE = 2;

/** A service that takes requests. */
export interface Service {
  readonly url: string;
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
  const http = { ...config.http, wwwAuthenticateUri: config.openstack.wwwAuthenticateUri };
  const { registrations: store, events, keptFlavors } = await openStore({ databaseUrl: config.databaseUrl, logger });
  const openstack = connectOpenStack(config, logger, clock);
  const flavors = new CachedFlavorDirectory(
    new NovaFlavorDirectory(openstack.nova, { deadlineMs: config.nova.deadlineMs, clock, logger }),
    new FlavorKeeper(keptFlavors, { ...config.flavorCache, locate: (id) => openstack.sessions.locate(id), logger }),
    { ...config.flavorCache, deadlineMs: config.nova.deadlineMs, clock, logger },
  );
  const catalog = new NovaFlavorCatalog(openstack.nova, { deadlineMs: config.nova.deadlineMs });
  const contract = readContract();
  let isStopping = false;
  const app = createApp({
    ...http,
    contract,
    logger,
    validateToken: (token, globalRequestId) => openstack.tokens.validate(token, globalRequestId),
    requireWriter: (caller) => void requireAdmin(caller, config.roles),
    handlers: new Map([
      ...registryHandlers(config, { store, events, flavors, catalog, roles: config.roles, clock }),
      ['getReadiness', readiness(store, openstack, () => isStopping)],
      ['getVersions', getVersions()],
      ['getHealth', getHealth(config.http.healthcheckDisableByFilePath)],
      ['getContract', getContract(contract)],
    ]),
  });
  const server = await listen(app, { ...http, logger }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  logger.info('listening', { url: server.url });
  void lookAt(openstack.nova, config, logger);
  return {
    url: server.url,
    drain: () => {
      isStopping = true;
      server.drain();
    },
    close: async () => {
      isStopping = true;
      await server.close(config.http.shutdownSeconds * 1000);
      await flavors.close();
      openstack.close();
      await store.close();
    },
  };
}

function registryHandlers(
  { serviceTypes, answerCacheBytes }: Config,
  ports: Omit<ReadPorts, 'views' | 'scans'> & { events: RegistrationEvents; catalog: FlavorCatalog },
): OperationHandlers {
  const views = createViewMemories(answerCacheBytes);
  const readFlavors = { ...ports, views: views.flavors, scans: bulkhead(SCANS_AT_ONCE, Infinity) };
  return new Map([
    ['listRegisteredFlavors', listRegisteredFlavors(readFlavors)],
    ['getRegisteredFlavors', getRegisteredFlavors(readFlavors)],
    ['checkRegisteredFlavors', checkRegisteredFlavors(readFlavors)],
    ['getServiceTypes', getServiceTypes({ ...ports, views: views.serviceTypes })],
    ['getRegistrationEvents', getRegistrationEvents(ports)],
    ['registerFlavors', registerFlavors({ ...ports, serviceTypes })],
    ['registerManyFlavors', registerManyFlavors({ ...ports, serviceTypes })],
    ['deregisterFlavors', deregisterFlavors(ports)],
    ['getRegistrations', getRegistrations({ ...ports, views: views.registrations })],
    ['replaceRegistrations', replaceRegistrations({ ...ports, serviceTypes })],
    ['patchRegistrations', patchRegistrations({ ...ports, serviceTypes })],
  ]);
}

function readiness(store: RegistrationStore, openstack: OpenStack, isStopping: () => boolean) {
  return getReadiness({
    checkRegistry: () => store.requireCurrent(),
    isStopping,
    degraded: () => openstack.away(),
  });
}

function lookAt(nova: NovaClient, { openstack, nova: { deadlineMs } }: Config, logger: Logger): Promise<void> {
  const { authUrl: keystone, endpoint } = openstack;
  return lookAtOpenStack(nova, { keystone, computeOverride: endpoint.override, deadlineMs, logger });
}
