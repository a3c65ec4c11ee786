import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import type { CallContext } from './caller';
import { answerFor, type FlavorDirectory, type LookUp } from './flavor-directory';
import { type RoleLists, requireReader, viewerFor } from './policy';
import type { ReadFilter } from './read-filter';
import { createView, isMadeOf, type RegisteredFlavorsView, viewKey, type ViewMemory } from './registered-flavors-view';
import type { RegistrationStore } from './registration-store';
import { readLists } from './request-lists';
import type { ServiceType } from './service-type';

export interface ReadPorts {
  readonly store: RegistrationStore;
  readonly flavors: FlavorDirectory;
  readonly views: ViewMemory;
  readonly roles: RoleLists;
  readonly clock: Clock;
}

/** What is asked for. */
export interface ReadRequest extends ReadFilter {
  readonly serviceTypes: readonly ServiceType[];
  /** Read as this project sees it. */
  readonly asProject: string | undefined;
}

/** What was read, and why Nova was asked for it, if it was. */
export interface Reading {
  readonly view: RegisteredFlavorsView;
  readonly askedFor: LookUp['askedFor'];
}

/**
 * The flavors registered for any of the service types that the caller may see, each once, sorted by id in byte order.
 * A type with nothing registered contributes nothing.
 *
 * While nothing has changed it is the same view as last time, found without a query. When something may have changed,
 * another look is taken at that and no more; and when it turns out that all is as it was, it is the same view again.
 *
 * @throws RegisteredFlavorsError `forbidden`; `invalid input` beyond a limit; and whatever the store and the directory
 * throw: never a partial list
 */
export async function getRegisteredFlavors(
  ports: ReadPorts,
  call: CallContext,
  request: ReadRequest,
): Promise<Reading> {
  const { store, flavors, views, clock } = ports;
  const viewer = viewerFor(requireReader(call.caller, ports.roles), request.asProject, ports.roles);
  const { serviceTypes, flavorIds } = readLists(request.serviceTypes, request.flavorIds);
  const filter = { flavorIds: request.flavorIds && flavorIds, selector: request.selector };
  const key = viewKey(viewer, serviceTypes, filter);
  const known = views.recall(key);
  // Before the looks themselves: what changes in between is looked at next time.
  const registry = store.revision();
  const details = flavors.revision;
  const isSameRegistry = known?.asOf.registry === registry;
  const now = clock.now();
  const isGood = known !== undefined && now >= known.asOf.goodFrom && now < known.asOf.goodUntil;
  if (isSameRegistry && isGood && known.asOf.details === details) {
    return { view: known, askedFor: 'nothing' };
  }
  const registered = isSameRegistry ? known.registered : await store.find(serviceTypes, filter.flavorIds);
  const { answers, goodUntil, askedFor } = await flavors.lookUp(
    registered.map(({ flavorId }) => flavorId),
    { globalRequestId: call.globalRequestId, signal: call.signal, fresh: false, withAccess: viewer.is === 'project' },
  );
  const answersInOrder = registered.map(({ flavorId }) => answerFor(answers, flavorId));
  const asOf = { registry, details, goodFrom: now, goodUntil };
  const latest = views.recall(key); // others may have read the same meanwhile
  if (latest !== undefined && isMadeOf(latest, registered, answersInOrder)) {
    latest.asOf = asOf;
    return { view: latest, askedFor };
  }
  const view = createView(key, viewer, filter, registered, answersInOrder, asOf);
  views.remember(view);
  return { view, askedFor };
}

/**
 * Whether flavors may be used for service types: those of them that are registered for any of the types and that the
 * caller may see.
 * @throws RegisteredFlavorsError `not found` when there is none; and as {@link getRegisteredFlavors}
 */
export async function checkRegisteredFlavors(
  ports: ReadPorts,
  call: CallContext,
  request: ReadRequest,
): Promise<Reading> {
  const reading = await getRegisteredFlavors(ports, call, request);
  if (reading.view.flavors.length > 0) return reading;
  throw new RegisteredFlavorsError('not found', {
    code: 'registered-flavors.registration.not_found',
    detail: 'None of these flavors is registered for any of these service types, as far as you may see.',
  });
}
