import { FairSlots } from '../fairness/fair-slots';
import type { FlavorCatalog } from '../registrations/flavor-catalog';
import type { ReadPorts } from '../registrations/get-registered-flavors';
import type { RegistrationEvents } from '../registrations/registration-events';
import type { ClosedServiceTypes } from '../registrations/service-type';
import type { OperationHandlers } from './contract';
import { checkRegisteredFlavors } from './operations/checkRegisteredFlavors';
import { deregisterFlavors } from './operations/deregisterFlavors';
import { getRegisteredFlavors } from './operations/getRegisteredFlavors';
import { getRegistrationEvents } from './operations/getRegistrationEvents';
import { getRegistrations } from './operations/getRegistrations';
import { getServiceTypes } from './operations/getServiceTypes';
import { listRegisteredFlavors } from './operations/listRegisteredFlavors';
import { patchRegistrations } from './operations/patchRegistrations';
import { registerFlavors } from './operations/registerFlavors';
import { registerManyFlavors } from './operations/registerManyFlavors';
import { replaceRegistrations } from './operations/replaceRegistrations';
import { ResponseBudget } from './response-budget';
import { ResponseCache } from './response-cache';
import type { SendReadPorts } from './send-read';

/** How many reads of much of the registry may run at once, and how many of them may be of one caller. */
const LARGE_READS = { slots: 4, slotsPerKey: 1 };

export interface RegistrySettings {
  readonly serviceTypes: ClosedServiceTypes;
  readonly answerCacheBytes: number;
  /** How long details are fresh. */
  readonly ttlSeconds: number;
}

/** The operations on the registry: they share what large reads and responses may take. */
export function registryHandlers(
  { serviceTypes, answerCacheBytes, ttlSeconds }: RegistrySettings,
  ports: Omit<ReadPorts & SendReadPorts, 'scans' | 'responses' | 'budget' | 'ttlSeconds'> & {
    events: RegistrationEvents;
    catalog: FlavorCatalog;
  },
): OperationHandlers {
  const scans = new FairSlots(LARGE_READS);
  const budget = new ResponseBudget();
  const requireRoom = (userId: string): void => budget.requireRoom(userId);
  const responses = new ResponseCache(ports, { maxBytes: answerCacheBytes, slots: scans, requireRoom });
  const reads = { ...ports, scans, budget, responses, ttlSeconds };
  const writes = { ...ports, responses, serviceTypes };
  return new Map([
    ['listRegisteredFlavors', listRegisteredFlavors(reads)],
    ['getRegisteredFlavors', getRegisteredFlavors(reads)],
    ['checkRegisteredFlavors', checkRegisteredFlavors(reads)],
    ['getServiceTypes', getServiceTypes(reads)],
    ['getRegistrationEvents', getRegistrationEvents(ports)],
    ['registerFlavors', registerFlavors(writes)],
    ['registerManyFlavors', registerManyFlavors(writes)],
    ['deregisterFlavors', deregisterFlavors(ports)],
    ['getRegistrations', getRegistrations(reads)],
    ['replaceRegistrations', replaceRegistrations(writes)],
    ['patchRegistrations', patchRegistrations(writes)],
  ]);
}
