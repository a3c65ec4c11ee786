import type { RegisteredFlavorsError } from '../../../src/errors';
import { FairSlots } from '../../../src/fairness/fair-slots';
import { NovaFlavorCatalog } from '../../../src/openstack/nova-flavor-catalog';
import type { CallContext } from '../../../src/registrations/caller';
import { declareRegistrations, type DeclareRequest } from '../../../src/registrations/declare-registrations';
import { registerFlavors, type RegisterRequest } from '../../../src/registrations/register-flavors';
import type { ReadRequest } from '../../../src/registrations/read-request';
import { startStubCloud, type StubCloud } from '../../../src/stub/stub-cloud';
import type { StubFlavor } from '../../../src/stub/stub-flavors';
import { connect, createCache } from '../../openstack/support/clients';
import { failureOf } from '../../openstack/support/expectations';
import { declared } from '../../store/examples';
import { sqliteRegistry } from '../../store/sqlite-registry';

/** A caller with these roles, in the project p-1, who has sent no id for the logs. */
export function callOf(roles: readonly string[], { signal, ...but }: Partial<CallContext> = {}): CallContext {
  return {
    caller: { userId: 'u-1', projectId: 'p-1', roles, accessRules: undefined },
    requestId: 'req-11111111-2222-3333-4444-555555555555',
    globalRequestId: 'req-11111111-2222-3333-4444-555555555555',
    inboundGlobalRequestId: undefined,
    nextTurn: () => undefined,
    /** A signal is one request's, with its deadline: whoever is used for several gets one for each. */
    get signal() {
      return signal ?? new AbortController().signal;
    },
    ...but,
  };
}

export const ADMIN = callOf(['admin']);
export const MEMBER = callOf(['member']);

/** All that is registered, with what Nova says of it. */
export const EVERYTHING: ReadRequest = {
  ...{ serviceTypes: undefined, flavorIds: undefined, selector: undefined, statuses: undefined },
  ...{ hydrate: true, asProject: undefined, page: { limit: 1000, marker: undefined } },
};

/** A flavor of Nova; what else it is matters only where a test says so. */
export function inNova(id: string, but: Partial<StubFlavor> = {}): StubFlavor {
  return { id, name: `name of ${id}`, ram: 4096, vcpus: 2, disk: 20, ...but };
}

/** What was refused, in short. */
export async function refusalOf(act: Promise<unknown>) {
  const { kind, problems }: RegisteredFlavorsError = await failureOf(act);
  return { kind, problems };
}

/** What the use cases need: a registry in a file, and the service's own clients towards a Nova of the stub. */
export async function openDomain(flavors: readonly StubFlavor[]) {
  const cloud: StubCloud = await startStubCloud({ flavors });
  const clients = connect(cloud);
  const registry = sqliteRegistry();
  const [store, events] = [await registry.openStore(), await registry.openEvents()];
  const ports = {
    ...{ store, events, clock: clients.clock, scans: new FairSlots({ slots: 4, slotsPerKey: 1 }) },
    flavors: createCache(clients),
    catalog: new NovaFlavorCatalog(clients.nova, { deadlineMs: 10_000 }),
    roles: { reader: ['member'], admin: ['admin'], service: ['service'] },
    serviceTypes: undefined as readonly string[] | undefined,
  };
  return {
    ...{ ports, clock: clients.clock, nova: cloud.nova, standing: () => registry.standing() },
    /** How many requests Nova has had. */
    asked: () => cloud.nova.requests.length,
    /** The pairs that are registered, as "type id". */
    pairs: () => registry.standing().registrations.map(({ serviceType, flavorId }) => `${serviceType} ${flavorId}`),
    register: (request: Partial<RegisterRequest> & Pick<RegisterRequest, 'flavors' | 'serviceTypes'>, call = ADMIN) =>
      registerFlavors(ports, call, { isPreview: false, ...request }),
    declare: (registrations: Record<string, string[]>, request: Partial<DeclareRequest> = {}, call = ADMIN) =>
      declareRegistrations(ports, call, {
        ...{ isEverything: false, expected: undefined, isPreview: false },
        ...{ declaration: declared(registrations, store.measure()), ...request },
      }),
    async close(): Promise<void> {
      await ports.flavors.close();
      await registry.dispose();
      await cloud.close();
    },
  };
}

export type Domain = Awaited<ReturnType<typeof openDomain>>;

/** These flavors, as a URL names them. */
export const inUrl = (...flavorIds: string[]) => ({ flavorIds, named: 'in the URL' }) as const;
/** These flavors, as a body names them. */
export const inBody = (...flavorIds: string[]) => ({ flavorIds, named: 'in a body' }) as const;
