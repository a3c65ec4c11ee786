import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import { type CallContext, provenanceOf } from './caller';
import type { AcceptedFlavor } from './flavor';
import type { FlavorDirectory } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import { enumerated } from './enumerated';
import { findFlavors } from './find-flavors';
import { requireOffered } from './offered-service-types';
import { MAX_PAIRS, tooMany } from './pair-limit';
import { type RoleLists, requireAdmin } from './policy';
import type { Registration } from './registration';
import { type Difference, differenceOf, readDocument, type RegistrationDocument } from './registration-document';
import type { RegistrationStore, RegistryVersion, Rewrite, Standing } from './registration-store';
import type { ClosedServiceTypes, ServiceType } from './service-type';

export interface DeclarePorts {
  readonly store: RegistrationStore;
  readonly flavors: FlavorDirectory;
  readonly roles: RoleLists;
  readonly serviceTypes: ClosedServiceTypes;
  readonly clock: Clock;
}

/** Finds out whether all registrations are as the client expects: the version at which they are; undefined if they are not. */
export type ExpectedRegistry = () => Promise<RegistryVersion | undefined>;

/** What is to stand. */
export interface DeclareRequest {
  /** Service types with the flavors that are to be registered for each; none for a type that is to be empty. */
  readonly registrations: Iterable<readonly [ServiceType, readonly FlavorId[]]>;
  /** Whether that is everything: then service types that are not named are to be empty, too. */
  readonly isEverything: boolean;
  /** What the whole registry has to be; needed when it is everything that is declared. */
  readonly expected: ExpectedRegistry | 'any' | undefined;
  readonly isPreview: boolean;
}

/**
 * Makes the registrations equal to what is declared: registers what is missing, deregisters what is too many.
 *
 * Only flavors of pairs that would be new are looked up in Nova, so that what was exported can be declared again with
 * flavors in it that Nova has lost, and while Nova is away. What would be new is only known in the transaction: when it
 * meets pairs whose flavors have not been looked up, it ends without a change, Nova is asked, and it starts over.
 *
 * @returns what was changed; `unchanged` counts the pairs that the declaration is about
 *
 * @throws RegisteredFlavorsError `forbidden`; `precondition required` when everything is declared without expecting
 * anything; `precondition failed` when the registry is not as expected; `invalid input` beyond a limit, for
 * new pairs of a type outside of a closed list, and with one problem for each new flavor that Nova does not have; and
 * whatever the directory and the store throw
 */
export async function declareRegistrations(
  ports: DeclarePorts,
  call: CallContext,
  { isEverything, expected, isPreview, registrations }: DeclareRequest,
): Promise<Difference> {
  const caller = requireAdmin(call.caller, ports.roles);
  if (isEverything && expected === undefined) throw preconditionRequired();
  const declared = readDocument(registrations);
  const scope = { serviceTypes: isEverything ? ('everything' as const) : [...declared.keys()], maxPairs: MAX_STANDING };
  const checked = new Map<FlavorId, AcceptedFlavor>();
  for (;;) {
    const version = typeof expected === 'function' ? await requireExpected(expected) : undefined;
    let unchecked: Registration[] = [];
    const decide = (standing: Standing): (Difference & Rewrite) | undefined => {
      const difference = differenceOf(requireFewStanding(standing, declared), declared);
      requireFew(difference);
      requireOffered(typesOf(difference.registered), ports.serviceTypes);
      unchecked = difference.registered.filter(({ flavorId }) => !checked.has(flavorId));
      return unchecked.length > 0 ? undefined : { ...difference, flavors: flavorsOf(difference, checked) };
    };
    const provenance = provenanceOf(call, caller, ports.clock);
    const done = await ports.store.rewrite({ ...scope, version }, decide, provenance, {
      isPreview,
      signal: call.signal,
    });
    if (done === 'outdated') {
      call.signal.throwIfAborted();
      continue; // changed since it was compared: it is compared again
    }
    if (done !== undefined) return done;
    const { found, unknown } = await findFlavors(ports.flavors, idsOf(unchecked), call);
    if (unknown.length > 0) throw unknownFlavors(unknown, unchecked);
    for (const flavor of found) checked.set(flavor.id, flavor);
  }
}

function unknownFlavors(flavorIds: readonly FlavorId[], added: readonly Registration[]): RegisteredFlavorsError {
  const types = new Map<FlavorId, ServiceType[]>(flavorIds.map((flavorId) => [flavorId, []]));
  for (const { serviceType, flavorId } of added) types.get(flavorId)?.push(serviceType);
  return new RegisteredFlavorsError(
    'invalid input',
    [...types].map(([flavorId, newFor]) => ({
      code: 'registered-flavors.flavor.unknown',
      detail: `Nova has no flavor with the ID "${flavorId}", which would be new for ${enumerated(newFor)}. Nothing was changed.`,
    })),
  );
}

function preconditionRequired(): RegisteredFlavorsError {
  return new RegisteredFlavorsError('precondition required', {
    code: 'registered-flavors.precondition.required',
    detail:
      'This replaces all registrations, so If-Match has to name the ETag of those that were read before ' +
      '(GET /Registrations), or * for any.',
  });
}

async function requireExpected(expected: ExpectedRegistry): Promise<RegistryVersion> {
  const version = await expected();
  if (version !== undefined) return version;
  throw new RegisteredFlavorsError('precondition failed', {
    code: 'registered-flavors.precondition.failed',
    detail:
      'The registrations are not those that If-Match names: somebody has changed them since, or it is the ETag of ' +
      'something else; weak ones (W/) never match. Nothing was changed. Read GET /Registrations, and decide anew.',
  });
}

/** The largest number of pairs that can stand when no more than {@link MAX_PAIRS} are declared and as many change. */
const MAX_STANDING = 2 * MAX_PAIRS;

function requireFewStanding({ pairs, registrations }: Standing, declared: RegistrationDocument): RegistrationDocument {
  if (registrations !== undefined) return registrations;
  const stays = [...declared.values()].reduce((count, ids) => count + ids.length, 0);
  throw tooMany(
    `This would deregister at least ${pairs - stays} pairs; one request changes up to ${MAX_PAIRS}. Nothing was ` +
      'changed. PATCH takes some service types at a time, POST and DELETE some flavors.',
  );
}

/** A slip in a small document must not empty a large registry, nor stop the service while it does. */
function requireFew({ registered, deregistered }: Difference): void {
  if (registered.length + deregistered.length <= MAX_PAIRS) return;
  throw tooMany(
    `This would register ${registered.length} pairs and deregister ${deregistered.length}; one request changes up to ` +
      `${MAX_PAIRS}. Nothing was changed. PATCH takes some service types at a time, POST and DELETE some flavors.`,
  );
}

function flavorsOf({ registered }: Difference, checked: ReadonlyMap<FlavorId, AcceptedFlavor>): AcceptedFlavor[] {
  return idsOf(registered).map((flavorId) => checked.get(flavorId)!);
}

function idsOf(pairs: readonly Registration[]): FlavorId[] {
  return [...new Set(pairs.map(({ flavorId }) => flavorId))];
}

function typesOf(pairs: readonly Registration[]): ServiceType[] {
  return [...new Set(pairs.map(({ serviceType }) => serviceType))];
}
