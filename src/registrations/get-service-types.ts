import type { CallContext } from './caller';
import { answerFor, LeastCurrent, type LookUp } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import type { ReadPorts } from './get-registered-flavors';
import { collectInTurns, eachInTurns } from './in-turns';
import { requireReader, type Viewer, viewerFor, viewerKey } from './policy';
import { MAX_PAIRS_OF_SMALL_READ, type Read, type ReadResult } from './read';
import { inByteOrder } from './registration';
import type { ServiceType, ServiceTypeInUse } from './service-type';
import { isVisible } from './visibility';
import { MAX_FLAVORS_PER_LOOK_UP } from './visible-flavors';

/** A service type as a viewer sees it: what is more than its name is for admins. */
export type ShownServiceType = Pick<ServiceTypeInUse, 'serviceType'> & Partial<ServiceTypeInUse>;

/** Service types by name in byte order. */
export type ServiceTypes = readonly ShownServiceType[];

type Ports = Omit<ReadPorts, 'scans'>;

/**
 * Reads the service types in use. Admins see all of them, with how many flavors each has and when that last changed, and
 * Nova is not asked; others see the names of those with at least one flavor that they may see.
 *
 * @throws RegisteredFlavorsError `forbidden`
 */
export function getServiceTypes(
  ports: Ports,
  call: Pick<CallContext, 'caller'>,
  request: { readonly asProject: string | undefined },
): Read<ServiceTypes> {
  const viewer = viewerFor(requireReader(call.caller, ports.roles), request.asProject, ports.roles);
  return {
    key: `service types ${viewerKey(viewer)}`,
    isLarge: async () => ports.store.measure().registrations > MAX_PAIRS_OF_SMALL_READ,
    run: (each) => (viewer.is === 'admin' ? readAll(ports, each) : readVisible(ports, each, viewer)),
  };
}

async function readAll({ store }: Ports, { nextTurn }: CallContext): Promise<ReadResult<ServiceTypes>> {
  const serviceTypes = await collectInTurns(store.findServiceTypes(), nextTurn);
  return { result: serviceTypes, goodUntil: Infinity, shown: new LeastCurrent().currency };
}

async function readVisible(ports: Ports, call: CallContext, viewer: Viewer): Promise<ReadResult<ServiceTypes>> {
  const [ofAll, ofVisible] = [new LeastCurrent(), new LeastCurrent()];
  const visible: FlavorId[] = [];
  let after: FlavorId | undefined;
  do {
    const range = { after, limit: MAX_FLAVORS_PER_LOOK_UP };
    const block = (await collectInTurns(ports.store.findAccepted(range), call.nextTurn)).map(({ id }) => id);
    const lookUp = await lookUpAll(ports, call, block);
    ofAll.take(lookUp);
    await eachInTurns(block, call.nextTurn, (flavorId) => {
      if (!isVisible(answerFor(lookUp.answers, flavorId), viewer)) return;
      visible.push(flavorId);
      ofVisible.take(lookUp.currencyOf(flavorId));
    });
    after = block.length === MAX_FLAVORS_PER_LOOK_UP ? block.at(-1) : undefined;
  } while (after !== undefined);
  const names = await findNames(ports, call, visible);
  return {
    result: names.map((serviceType) => ({ serviceType })),
    goodUntil: ofAll.currency.goodUntil,
    shown: ofVisible.currency,
  };
}

async function lookUpAll({ flavors }: Ports, call: CallContext, block: readonly FlavorId[]): Promise<LookUp> {
  const { globalRequestId, signal, nextTurn } = call;
  const options = { globalRequestId, signal, nextTurn, accept: 'the current', withAccess: true } as const;
  const lookUp = await flavors.lookUp(block, options);
  await nextTurn(); // all who waited for the same look-up go on at this moment
  return lookUp;
}

/** Ends as soon as all service types in use have been found: mostly that is after a few flavors. */
async function findNames(
  { store }: Ports,
  { nextTurn }: CallContext,
  flavorIds: readonly FlavorId[],
): Promise<ServiceType[]> {
  const inUse = store.measure().serviceTypes;
  const found = new Set<ServiceType>();
  for await (const piece of store.findTypesOf(flavorIds)) {
    for (const { serviceTypes } of piece) for (const each of serviceTypes) found.add(each);
    if (found.size >= inUse) break;
    await nextTurn();
  }
  return [...found].sort(inByteOrder);
}
