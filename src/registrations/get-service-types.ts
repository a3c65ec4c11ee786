import type { CallContext } from './caller';
import { answerFor, type Currency, leastCurrent } from './flavor-directory';
import { type RoleLists, requireReader, type Viewer, viewerFor, viewerKey } from './policy';
import type { ServiceType, ServiceTypeInUse } from './service-type';
import { type Look, type Reading, readView, type View, type ViewPorts } from './view';
import { isVisible } from './visibility';

/** A service type as a viewer sees it: what is more than its name is for admins. */
export type ShownServiceType = Pick<ServiceTypeInUse, 'serviceType'> & Partial<ServiceTypeInUse>;

/** The service types that one viewer sees. */
export interface ServiceTypesView extends View {
  /** By name in byte order. */
  readonly serviceTypes: readonly ShownServiceType[];
}

export interface ServiceTypePorts extends ViewPorts<ServiceTypesView> {
  readonly roles: RoleLists;
}

/**
 * The service types in use. Admins see all of them, with how many flavors each has and when that last changed, and Nova
 * is not asked; others the names of those with at least one flavor that they may see.
 *
 * @throws RegisteredFlavorsError `forbidden`; and whatever the store and the directory throw: never a partial list
 */
export async function getServiceTypes(
  ports: ServiceTypePorts,
  call: CallContext,
  request: { readonly asProject: string | undefined },
): Promise<Reading<ServiceTypesView>> {
  const viewer = viewerFor(requireReader(call.caller, ports.roles), request.asProject, ports.roles);
  const key = viewerKey(viewer);
  return readView(ports, key, () => look(ports, call, key, viewer));
}

async function look(
  { store, flavors }: ServiceTypePorts,
  { globalRequestId, signal }: CallContext,
  key: string,
  viewer: Viewer,
): Promise<Look<ServiceTypesView>> {
  if (viewer.is === 'admin') return found(key, await store.findServiceTypes(), Infinity, leastCurrent([]));
  const registered = await store.findIds();
  const accept = 'the current';
  const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));
  const lookUp = await flavors.lookUp(registered, { globalRequestId, signal, accept, withAccess: true, nextTurn });
  const seen = registered.filter((flavorId) => isVisible(answerFor(lookUp.answers, flavorId), viewer));
  const names: ServiceType[] = await store.findServiceTypesOf(seen);
  const serviceTypes = names.map((serviceType) => ({ serviceType }));
  return found(key, serviceTypes, lookUp.goodUntil, lookUp.currencyOf(seen));
}

function found(
  key: string,
  serviceTypes: readonly ShownServiceType[],
  goodUntil: number,
  shown: Currency,
): Look<ServiceTypesView> {
  return {
    ...{ goodUntil, shown },
    isOf: (view) =>
      view.serviceTypes.length === serviceTypes.length &&
      view.serviceTypes.every((each, index) => isSame(each, serviceTypes[index])),
    create: (asOf) => ({ key, serviceTypes, asOf }),
  };
}

function isSame(a: ShownServiceType, b: ShownServiceType | undefined): boolean {
  return a.serviceType === b?.serviceType && a.flavorCount === b.flavorCount && a.changedAt === b.changedAt;
}
