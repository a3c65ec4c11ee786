import { RegisteredFlavorsError } from '../errors';
import type { CallContext } from './caller';
import type { AcceptedFlavor } from './flavor';
import { answerFor, type FlavorDirectory, leastCurrent, type LookUp } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import { type RoleLists, requireReader, type Viewer, viewerFor, viewerKey } from './policy';
import { normalized, type Page, type ReadRequest, requestKey } from './read-request';
import { type RegisteredFlavorsView, see, seesAll, type ShownFlavor, showsSame } from './registered-flavors-view';
import type { RegisteredFlavor } from './registration';
import type { ServiceType } from './service-type';
import { type Look, type Reading, readView, type ViewPorts } from './view';

export interface ReadPorts extends ViewPorts<RegisteredFlavorsView> {
  readonly roles: RoleLists;
  /** Where those wait who have to go through all of the registry: few do so at once. */
  readonly scans: { execute<T>(scan: () => Promise<T>): Promise<T> };
}

/**
 * The registered flavors that were asked for and that the caller may see, each once, sorted by id in byte order. A type
 * with nothing registered contributes nothing.
 *
 * @throws RegisteredFlavorsError `forbidden`; `invalid input` beyond a limit; and whatever the store and the directory
 * throw: never a partial list
 */
export async function getRegisteredFlavors(
  ports: ReadPorts,
  call: CallContext,
  asked: ReadRequest,
): Promise<Reading<RegisteredFlavorsView>> {
  const viewer = viewerFor(requireReader(call.caller, ports.roles), asked.asProject, ports.roles);
  const request = normalized(asked);
  const key = `${viewerKey(viewer)} ${requestKey(request)}`;
  const wanted = { key, viewer, request };
  const { serviceTypes = [], page } = request;
  return readView(ports, key, () =>
    page === undefined ? lookAtTypes(ports, call, wanted, serviceTypes) : lookAtPage(ports, call, wanted, page),
  );
}

/**
 * Whether flavors may be used for service types: those of them that are registered for any of the types and that the
 * caller may see.
 * @throws RegisteredFlavorsError `not found` when there is none; and as {@link getRegisteredFlavors}
 */
export async function checkRegisteredFlavors(
  ports: ReadPorts,
  call: CallContext,
  asked: ReadRequest,
): Promise<Reading<RegisteredFlavorsView>> {
  const reading = await getRegisteredFlavors(ports, call, asked);
  if (reading.view.flavors.length > 0) return reading;
  throw new RegisteredFlavorsError('not found', {
    code: 'registered-flavors.registration.not_found',
    detail: 'None of these flavors is registered for any of these service types, as far as you may see.',
  });
}

interface Wanted {
  readonly key: string;
  readonly viewer: Viewer;
  readonly request: ReadRequest;
}

/** What is seen of some flavors, in the order in which they came. */
interface Sight extends Pick<LookUp, 'goodUntil' | 'askedFor' | 'currencyOf'> {
  readonly seen: ReadonlyMap<FlavorId, Pick<ShownFlavor, 'details'>>;
}

async function lookAtTypes(
  ports: ReadPorts,
  call: CallContext,
  wanted: Wanted,
  serviceTypes: readonly ServiceType[],
): Promise<Look<RegisteredFlavorsView>> {
  const registered = await ports.store.find(serviceTypes, wanted.request.flavorIds);
  const sight = await lookAt(
    ports.flavors,
    call,
    wanted,
    registered.map(({ accepted }) => accepted),
  );
  return found(wanted, [sight], join(registered, sight.seen), undefined);
}

/**
 * How many of the registered flavors are hidden from this viewer, or not wanted, is not known before: when the page is not
 * full with as many as it takes, all the rest is gone through. That is a lot of work for one request, so that only few do
 * it at once.
 */
async function lookAtPage(
  ports: ReadPorts,
  call: CallContext,
  wanted: Wanted,
  { limit, marker }: Page,
): Promise<Look<RegisteredFlavorsView>> {
  const { store, flavors } = ports;
  const { flavorIds } = wanted.request;
  const first = await store.findAccepted({ after: marker, limit: limit + 1, flavorIds }); // one more tells of a next page
  const sights = [await lookAt(flavors, call, wanted, first)];
  if (first.length > limit && sights[0]!.seen.size <= limit) {
    const rest = await ports.scans.execute(async () => {
      call.signal.throwIfAborted(); // nobody waits for it any more
      const others = await store.findAccepted({ after: first.at(-1)?.id, flavorIds });
      call.signal.throwIfAborted();
      return lookAt(flavors, call, wanted, others);
    });
    sights.push(rest);
  }
  const seen = new Map(sights.flatMap((sight) => [...sight.seen]).slice(0, limit + 1));
  const shown = join(await store.findFlavors([...seen.keys()]), seen).slice(0, limit);
  // All that was seen may have been deregistered meanwhile: then the next page begins behind it.
  const last = shown.at(-1)?.flavorId ?? [...seen.keys()].at(-1);
  const goesOn = last !== undefined && shown.length < seen.size && (flavorIds?.some((id) => id > last) ?? true);
  return found(wanted, sights, shown, goesOn ? last : undefined);
}

function found(
  { key, request }: Wanted,
  sights: readonly Sight[],
  flavors: readonly ShownFlavor[],
  next: FlavorId | undefined,
): Look<RegisteredFlavorsView> {
  const shownIds = flavors.map(({ flavorId }) => flavorId);
  return {
    goodUntil: leastCurrent(sights).goodUntil,
    shown: leastCurrent(sights.map((sight) => sight.currencyOf(shownIds))),
    isOf: (view) => view.next === next && showsSame(view.flavors, flavors),
    create: (asOf) => ({ key, request, flavors, next, asOf }),
  };
}

function join(
  registered: readonly RegisteredFlavor[],
  seen: ReadonlyMap<FlavorId, Pick<ShownFlavor, 'details'>>,
): ShownFlavor[] {
  return registered.flatMap(({ flavorId, serviceTypes }) => {
    const sight = seen.get(flavorId);
    return sight === undefined ? [] : [{ flavorId, serviceTypes, details: sight.details }];
  });
}

/** What the viewer sees of registered flavors. Nova is not asked where it does not matter. */
async function lookAt(
  flavors: FlavorDirectory,
  { globalRequestId, signal }: CallContext,
  { viewer, request }: Wanted,
  accepted: readonly AcceptedFlavor[],
): Promise<Sight> {
  if (seesAll(viewer, request)) {
    const seen = new Map(accepted.map(({ id }) => [id, { details: undefined }]));
    return { seen, ...leastCurrent([]), currencyOf: () => leastCurrent([]) };
  }
  const lookUp = await flavors.lookUp(
    accepted.map(({ id }) => id),
    {
      ...{ globalRequestId, signal, withAccess: viewer.is === 'project' },
      accept: request.hydrate ? 'the current' : 'the known',
      nextTurn: () => new Promise<void>((resolve) => void setImmediate(resolve)),
    },
  );
  const seen = new Map<FlavorId, Pick<ShownFlavor, 'details'>>();
  for (const each of accepted) {
    const sight = see(viewer, request, each, answerFor(lookUp.answers, each.id));
    if (sight !== undefined) seen.set(each.id, sight);
  }
  return { ...lookUp, seen };
}
