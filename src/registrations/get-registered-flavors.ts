import { RegisteredFlavorsError } from '../errors';
import type { CallContext } from './caller';
import type { AcceptedFlavor } from './flavor';
import type { FlavorDirectory } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import { collectInTurns, eachInTurns } from './in-turns';
import { type RoleLists, requireReader, type Viewer, viewerFor, viewerKey } from './policy';
import { MAX_PAIRS_OF_SMALL_READ, type Read, type ReadResult } from './read';
import { inOneWay, type Page, type ReadRequest } from './read-request';
import type { FlavorTypes } from './registration';
import type { RegistrationStore } from './registration-store';
import type { ServiceType } from './service-type';
import type { RegisteredFlavors, ShownFlavor } from './shown-flavor';
import { MAX_FLAVORS_PER_LOOK_UP, VisibleFlavors } from './visible-flavors';

export interface ReadPorts {
  readonly store: RegistrationStore;
  readonly flavors: FlavorDirectory;
  readonly roles: RoleLists;
  /** Where reads wait that have to go through much of the registry: only a few do so at once. The key is the caller's. */
  readonly scans: { execute<T>(key: string, scan: () => Promise<T>): Promise<T> };
}

/**
 * Reads the registered flavors that were asked for and that the caller may see, each once, sorted by id in byte order. A
 * type with nothing registered contributes nothing.
 *
 * @throws RegisteredFlavorsError `forbidden`; `invalid input` beyond a limit
 */
export function getRegisteredFlavors(
  ports: ReadPorts,
  call: Pick<CallContext, 'caller'>,
  asked: ReadRequest,
): Read<RegisteredFlavors> {
  const viewer = viewerFor(requireReader(call.caller, ports.roles), asked.asProject, ports.roles);
  const { request, key } = inOneWay(asked);
  const { serviceTypes = [], flavorIds, page } = request;
  return {
    key: `${viewerKey(viewer)} ${key}`,
    isLarge: async () => (page === undefined ? await isLarge(ports, serviceTypes, flavorIds) : isLargePage(page)),
    run: (each) =>
      page === undefined
        ? readTypes(ports, each, { viewer, request }, serviceTypes)
        : readPage(ports, each, { viewer, request }, page),
  };
}

/**
 * Makes sure that flavors may be used for service types: that a read has found any.
 * @throws RegisteredFlavorsError `not found`
 */
export function requireAny(isEmpty: boolean): void {
  if (!isEmpty) return;
  throw new RegisteredFlavorsError('not found', {
    code: 'registered-flavors.registration.not_found',
    detail: 'None of these flavors is registered for any of these service types, as far as you may see.',
  });
}

/** How many flavors a page may hold that is small: with all their types they may be 10,000 pairs. */
const MAX_LIMIT_OF_SMALL_PAGE = 100;

function isLargePage({ limit }: Page): boolean {
  return limit > MAX_LIMIT_OF_SMALL_PAGE;
}

interface Wanted {
  readonly viewer: Viewer;
  readonly request: ReadRequest;
}

/** Two bounds on the number of pairs: what the types have, and what the ids could have. */
async function isLarge(
  { store }: ReadPorts,
  serviceTypes: readonly ServiceType[],
  flavorIds: readonly FlavorId[] | undefined,
): Promise<boolean> {
  const most = flavorIds === undefined ? Infinity : serviceTypes.length * flavorIds.length;
  return most > MAX_PAIRS_OF_SMALL_READ && (await store.countPairs(serviceTypes)) > MAX_PAIRS_OF_SMALL_READ;
}

async function readTypes(
  ports: ReadPorts,
  call: CallContext,
  wanted: Wanted,
  serviceTypes: readonly ServiceType[],
): Promise<ReadResult<RegisteredFlavors>> {
  const registered = await collectInTurns(ports.store.find(serviceTypes, wanted.request.flavorIds), call.nextTurn);
  const visible = new VisibleFlavors(ports.flavors, call, wanted);
  await visible.add(registered.map(({ accepted }) => accepted));
  return toResult(wanted, visible, await join(registered, visible, call), undefined);
}

/**
 * How many of the registered flavors are hidden from this viewer, or not wanted, is not known before: when the first
 * look-up does not fill the page, the rest is gone through. That is a lot of work for one request, so only few do it at
 * once: a large page is among those from its beginning.
 */
async function readPage(
  ports: ReadPorts,
  call: CallContext,
  wanted: Wanted,
  page: Page,
): Promise<ReadResult<RegisteredFlavors>> {
  const { limit, marker } = page;
  const { flavorIds } = wanted.request;
  const visible = new VisibleFlavors(ports.flavors, call, wanted);
  const range = { after: marker, limit: limit + 1, flavorIds }; // one more tells of a next page
  const first = await collectInTurns(ports.store.findAccepted(range), call.nextTurn);
  await visible.add(first);
  if (first.length > limit && visible.shown.size <= limit) {
    const fill = () => fillPage(ports, call, visible, { limit, first, flavorIds });
    await (isLargePage(page) ? fill() : ports.scans.execute(call.caller.userId, fill));
  }
  const ids = [...visible.shown.keys()].slice(0, limit + 1);
  const shown = (await join(await findTypes(ports, call, ids), visible, call)).slice(0, limit);
  // All that was visible may have been deregistered meanwhile: then the next page begins behind it.
  const last = shown.at(-1)?.flavorId ?? ids.at(-1);
  const goesOn = last !== undefined && shown.length < ids.length && (flavorIds?.some((id) => id > last) ?? true);
  return toResult(wanted, visible, shown, goesOn ? last : undefined);
}

/** Goes on behind what was looked up first, until the page is full. */
async function fillPage(
  { store }: ReadPorts,
  call: CallContext,
  visible: VisibleFlavors,
  page: { limit: number; first: readonly AcceptedFlavor[]; flavorIds: readonly FlavorId[] | undefined },
): Promise<void> {
  const { limit, first, flavorIds } = page;
  let after = first.at(-1)?.id;
  while (after !== undefined && visible.shown.size <= limit) {
    call.signal.throwIfAborted(); // the client has gone
    const range = { after, limit: MAX_FLAVORS_PER_LOOK_UP, flavorIds };
    const block = await collectInTurns(store.findAccepted(range), call.nextTurn);
    call.signal.throwIfAborted();
    await visible.add(block);
    after = block.length === MAX_FLAVORS_PER_LOOK_UP ? block.at(-1)?.id : undefined;
  }
}

/** How many pairs end a page: a flavor may have very many service types. At least one flavor is on it, with all of them. */
const MAX_PAIRS_PER_PAGE = 10_000;

async function findTypes(
  { store }: ReadPorts,
  { nextTurn }: CallContext,
  flavorIds: readonly FlavorId[],
): Promise<FlavorTypes[]> {
  const found: FlavorTypes[] = [];
  let pairs = 0;
  for await (const piece of store.findTypesOf(flavorIds)) {
    for (const flavor of piece) {
      pairs += flavor.serviceTypes.length;
      if (pairs > MAX_PAIRS_PER_PAGE && found.length > 0) return found;
      found.push(flavor);
    }
    await nextTurn();
  }
  return found;
}

async function toResult(
  { request }: Wanted,
  visible: VisibleFlavors,
  flavors: readonly ShownFlavor[],
  next: FlavorId | undefined,
): Promise<ReadResult<RegisteredFlavors>> {
  const shown = await visible.currencyOf(flavors);
  return { result: { request, flavors, next }, goodUntil: visible.goodUntil, shown };
}

async function join(
  registered: readonly FlavorTypes[],
  visible: VisibleFlavors,
  { nextTurn }: CallContext,
): Promise<ShownFlavor[]> {
  const flavors: ShownFlavor[] = [];
  await eachInTurns(registered, nextTurn, ({ flavorId, serviceTypes }) => {
    const found = visible.shown.get(flavorId);
    if (found !== undefined) flavors.push({ flavorId, serviceTypes, details: found.details });
  });
  return flavors;
}
