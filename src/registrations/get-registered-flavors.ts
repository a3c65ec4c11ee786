import { RegisteredFlavorsError } from '../errors';
import type { CallContext } from './caller';
import { answerFor, type FlavorAnswer, type FlavorDirectory, type LookUp } from './flavor-directory';
import { type RoleLists, requireReader, type Viewer, viewerFor, viewerKey } from './policy';
import { MAX_PAGE, normalized, type ReadRequest, requestKey } from './read-request';
import {
  isMadeOf,
  pageLength,
  type RegisteredFlavorsView,
  seesAll,
  show,
  type ShownFlavor,
} from './registered-flavors-view';
import type { RegisteredFlavor } from './registration';
import type { RegistrationStore } from './registration-store';
import { type Look, type Reading, readView, type ViewPorts } from './view';

export interface ReadPorts extends ViewPorts<RegisteredFlavorsView> {
  readonly roles: RoleLists;
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
  return readView(ports, key, (known) => look(ports, call, { key, viewer, request }, known));
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

/**
 * Takes what is registered, asks what Nova says of it and shows what may be seen. A page goes on so until it is full: how
 * many of the registered are hidden from this viewer is not known before.
 */
async function look(
  ports: ReadPorts,
  call: CallContext,
  { key, viewer, request }: Wanted,
  known: RegisteredFlavorsView | undefined,
): Promise<Look<RegisteredFlavorsView>> {
  const { page } = request;
  let registered: RegisteredFlavor[] = [];
  let answers: FlavorAnswer[] = [];
  let goodUntil = Infinity;
  let askedFor: LookUp['askedFor'] = 'nothing';
  let next = known?.registered ?? (await find(ports.store, request, undefined));
  let shown: ShownFlavor[] = [];
  for (;;) {
    const found = await ask(ports.flavors, call, { viewer, request }, next);
    registered = registered.concat(next);
    answers = answers.concat(found.answers);
    shown = shown.concat(show(viewer, request, next, found.answers));
    goodUntil = Math.min(goodUntil, found.goodUntil);
    if (found.askedFor !== 'nothing') askedFor = found.askedFor;
    if (page === undefined || pageLength(shown, page.limit) < shown.length) break;
    next = await find(ports.store, request, registered.at(-1)?.flavorId);
    if (next.length === 0) break;
  }
  const length = page === undefined ? shown.length : pageLength(shown, page.limit);
  const flavors = shown.slice(0, length);
  const marker = length < shown.length ? flavors.at(-1)?.flavorId : undefined;
  return {
    goodUntil,
    askedFor,
    isOf: (view) => isMadeOf(view, registered, answers),
    create: (asOf) => ({ key, request, flavors, next: marker, registered, answers, asOf }),
  };
}

/** What is registered: all that was asked for, or the next of it after an id. */
async function find(
  store: RegistrationStore,
  { serviceTypes, flavorIds, page }: ReadRequest,
  after: string | undefined,
): Promise<readonly RegisteredFlavor[]> {
  if (serviceTypes !== undefined) return store.find(serviceTypes, flavorIds);
  // One more than is shown tells whether there is another page; who needs more than that sees only some of them.
  const limit = after === undefined && page !== undefined ? page.limit + 1 : MAX_PAGE + 1;
  return store.findNext(after ?? page?.marker, limit, flavorIds);
}

/** What Nova says of each; nothing where it does not matter, as to an admin who reads the registry alone. */
async function ask(
  flavors: FlavorDirectory,
  { globalRequestId, signal }: CallContext,
  { viewer, request }: Omit<Wanted, 'key'>,
  registered: readonly RegisteredFlavor[],
): Promise<Omit<LookUp, 'answers'> & { answers: FlavorAnswer[] }> {
  if (seesAll(viewer, request)) return { answers: [], goodUntil: Infinity, askedFor: 'nothing' };
  const { answers, ...lookUp } = await flavors.lookUp(
    registered.map(({ flavorId }) => flavorId),
    {
      ...{ globalRequestId, signal, withAccess: viewer.is === 'project' },
      accept: request.hydrate ? 'the current' : 'the known',
    },
  );
  return { ...lookUp, answers: registered.map(({ flavorId }) => answerFor(answers, flavorId)) };
}
