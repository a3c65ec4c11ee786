import type { Clock } from '../clock';
import { type Problem, RegisteredFlavorsError } from '../errors';
import { type CallContext, provenanceOf } from './caller';
import type { AcceptedFlavor } from './flavor';
import type { FlavorDirectory } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import { enumerated } from './enumerated';
import { findFlavors } from './find-flavors';
import { requireOffered } from './offered-service-types';
import type { Declaration, Difference } from './declaration';
import { GO_ON_IN_STEPS, MAX_PAIRS, tooMany } from './pair-limit';
import { type RoleLists, requireAdmin } from './policy';
import type { Registration } from './registration';
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
  readonly declaration: Declaration;
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
  { declaration, isEverything, expected, isPreview }: DeclareRequest,
): Promise<Difference> {
  const caller = requireAdmin(call.caller, ports.roles);
  if (isEverything && expected === undefined) throw preconditionRequired();
  const nextTurn = (): Promise<void> | undefined => {
    call.signal.throwIfAborted(); // the client has gone
    return call.nextTurn();
  };
  const scope = { serviceTypes: isEverything ? ('everything' as const) : declaration.serviceTypes, nextTurn };
  const compare = comparing(declaration);
  const checked = new Map<FlavorId, AcceptedFlavor>();
  for (;;) {
    const version = typeof expected === 'function' ? await requireExpected(expected) : undefined;
    let unchecked: Registration[] = [];
    const decide = async (standing: Standing): Promise<(Difference & Rewrite) | undefined> => {
      const difference = await compare(standing);
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

/** As many as one URL can name. */
const MOST_UNKNOWN_NAMED = 1000;

function unknownFlavors(flavorIds: readonly FlavorId[], added: readonly Registration[]): RegisteredFlavorsError {
  const types = new Map<FlavorId, ServiceType[]>(flavorIds.map((flavorId) => [flavorId, []]));
  for (const { serviceType, flavorId } of added) types.get(flavorId)?.push(serviceType);
  const code = 'registered-flavors.flavor.unknown';
  const named = [...types].slice(0, MOST_UNKNOWN_NAMED).map(([flavorId, newFor]): Problem => ({
    code,
    detail: `Nova has no flavor with the ID "${flavorId}", which would be new for ${enumerated(newFor)}. Nothing was changed.`,
  }));
  const more = types.size - named.length;
  const rest: Problem = { code, detail: `Nova has no flavor with the ID of ${more} more, either.` };
  return new RegisteredFlavorsError('invalid input', more > 0 ? [...named, rest] : named);
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

/** Compares with what stands, and once only with what has the same version: a large registry takes long. */
function comparing(declaration: Declaration): (standing: Standing) => Promise<Difference> {
  let last: { version: RegistryVersion; difference: Difference } | undefined;
  return async (standing) => {
    if (last?.version === standing.version) return last.difference;
    requireFewGone(standing.pairs, declaration.pairs);
    const difference = await declaration.compare(standing);
    last = { version: standing.version, difference };
    return difference;
  };
}

/** Before anything is read: whoever declares too little by mistake need not wait. */
function requireFewGone(standing: number, declared: number): void {
  if (standing - declared <= MAX_PAIRS) return;
  throw tooMany(
    `This would deregister at least ${standing - declared} pairs; one request changes up to ${MAX_PAIRS}. ${GO_ON_IN_STEPS}`,
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
