import { randomUUID } from 'node:crypto';
import { systemClock } from '../../clock';
import type { Config } from '../../config/config';
import { RegisteredFlavorsError } from '../../errors';
import { createLogger } from '../../logger';
import { PrometheusMeter } from '../../metrics/prometheus-meter';
import { connectOpenStack, type OpenStack } from '../../openstack/connect-openstack';
import { TROUBLE } from '../../openstack/first-look';
import { NovaFlavorCatalog } from '../../openstack/nova-flavor-catalog';
import { isReadableOnTheWay } from '../../openstack/plain-http';
import { type Flavor, sameSize } from '../../registrations/flavor';
import { collectInTurns } from '../../registrations/in-turns';
import { openStore } from '../../store/open-store';
import type { Finding } from './finding';
import { lookAtNovaPolicies } from './look-at-nova-policies';

/**
 * Logs in, asks Keystone and Nova, looks at what Nova's policies withhold, and compares Nova's flavors with the registered
 * ones. Stops at what the rest needs.
 * @param isRegistrySound whether the registered flavors can be compared
 */
export async function lookAtOpenStack(config: Config, isRegistrySound: boolean): Promise<Finding[]> {
  const silent = createLogger({ level: 'error', format: 'text' });
  silent.silent = true; // all that it would say is said in findings
  const openstack = connectOpenStack(config, { logger: silent, clock: systemClock, meter: new PrometheusMeter() });
  const globalRequestId = `req-${randomUUID()}`;
  const findings: Finding[] = [];
  const look = async (about: 'keystone' | 'nova', work: () => Promise<Finding | Finding[]>): Promise<boolean> => {
    try {
      findings.push(...[await work()].flat());
      return true;
    } catch (error) {
      if (!(error instanceof RegisteredFlavorsError)) throw error;
      findings.push({ about, severity: 'fail', says: error.message, advice: `Check ${TROUBLE[about].check}.` });
      return false;
    }
  };
  try {
    const isIn =
      (await look('keystone', () => lookAtKeystone(openstack, config, globalRequestId))) &&
      (await look('nova', () => lookAtNova(openstack, config, globalRequestId)));
    if (!isIn) return findings;
    await look('nova', async () => {
      const flavors = await listFlavors(openstack, config, globalRequestId);
      findings.push(...(await lookAtNovaPolicies(openstack.nova, flavors, callOf(config, globalRequestId))));
      return isRegistrySound ? lookAtFlavors(flavors, config) : [];
    });
    return findings;
  } finally {
    openstack.close();
  }
}

async function lookAtKeystone(
  { serviceToken, keystone }: OpenStack,
  { openstack: { authUrl }, keystone: { deadlineMs } }: Config,
  globalRequestId: string,
): Promise<Finding[]> {
  const { token } = await serviceToken.get(globalRequestId);
  await keystone.requireValidator(token, { globalRequestId, signal: AbortSignal.timeout(deadlineMs) });
  return [
    { about: 'keystone', severity: 'ok', says: `${authUrl}: the service's user logs in, and may validate tokens.` },
    ...plainHttp('keystone', authUrl),
  ];
}

async function lookAtNova({ nova }: OpenStack, config: Config, globalRequestId: string): Promise<Finding[]> {
  const { root, microversion } = await nova.discover(callOf(config, globalRequestId));
  const says = `${root}: microversion ${microversion}; it takes the service's user for an admin.`;
  return [{ about: 'nova', severity: 'ok', says }, ...plainHttp('nova', root)];
}

function listFlavors({ nova }: OpenStack, config: Config, globalRequestId: string): Promise<Flavor[]> {
  const { deadlineMs } = config.nova;
  return new NovaFlavorCatalog(nova, { deadlineMs }).list(callOf(config, globalRequestId));
}

function callOf({ nova }: Config, globalRequestId: string): { globalRequestId: string; signal: AbortSignal } {
  return { globalRequestId, signal: AbortSignal.timeout(nova.deadlineMs) };
}

/** Of the registered flavors, those that Nova has lost or that are of another size. */
async function lookAtFlavors(listed: readonly Flavor[], config: Config): Promise<Finding> {
  const inNova = new Map(listed.map((flavor) => [flavor.id, flavor]));
  const { registrations: store } = await openStore(config);
  const accepted = await collectInTurns(store.findAccepted({}), () => undefined).finally(() => store.close());
  const missing = accepted.filter(({ id }) => !inNova.has(id)).length;
  const changed = accepted.filter((flavor) => {
    const now = inNova.get(flavor.id);
    return now !== undefined && !sameSize(now, flavor);
  }).length;
  const about = 'flavors';
  if (missing + changed === 0) {
    return {
      about,
      severity: 'ok',
      says: `All ${accepted.length} registered flavors are in Nova as they were registered.`,
    };
  }
  return {
    ...{
      about,
      severity: 'warn',
      says: `Of ${accepted.length} registered flavors Nova has lost ${missing}, and ${changed} are of another size.`,
    },
    advice: 'GET /RegisteredFlavors?status=missing,changed lists them: deregister them, or register them again.',
  };
}

function plainHttp(about: 'keystone' | 'nova', url: string): Finding[] {
  if (!isReadableOnTheWay(url)) return [];
  const says = `${url} is plain http beyond this machine: tokens and passwords can be read on the way.`;
  return [{ about, severity: 'warn', says, advice: 'Use its https address.' }];
}
