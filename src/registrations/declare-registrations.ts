import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import { type CallContext, provenanceOf } from './caller';
import type { AcceptedFlavor } from './flavor';
import type { FlavorDirectory } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import { findFlavors } from './find-flavors';
import { requireOffered } from './offered-service-types';
import { type RoleLists, requireAdmin } from './policy';
import type { Registration } from './registration';
import { type Difference, differenceOf, readDocument, type RegistrationDocument } from './registration-document';
import type { RegistrationStore, Rewrite, Snapshot } from './registration-store';
import { MAX_PAIRS } from './request-lists';
import type { ClosedServiceTypes, ServiceType } from './service-type';

export interface DeclarePorts {
  readonly store: RegistrationStore;
  readonly flavors: FlavorDirectory;
  readonly roles: RoleLists;
  readonly serviceTypes: ClosedServiceTypes;
  readonly clock: Clock;
}

/** What is to stand. */
export interface DeclareRequest {
  /** Service types with the flavors that are to be registered for each; none for a type that is to be empty. */
  readonly registrations: Iterable<readonly [ServiceType, readonly FlavorId[]]>;
  /** Whether that is everything: then service types that are not named are to be empty, too. */
  readonly isEverything: boolean;
  /** Digests of the whole registry, one of which it has to have; needed when it is everything that is declared. */
  readonly expected: readonly string[] | 'any' | undefined;
  readonly isPreview: boolean;
}

/** What a declaration has done, all of it in one step. */
export interface DeclareOutcome {
  readonly registered: readonly Registration[];
  readonly deregistered: readonly Registration[];
  /** How many pairs, of those that the declaration is about, stood and stand. */
  readonly unchanged: number;
}

/**
 * Makes the registrations equal to what is declared: registers what is missing, deregisters what is too many.
 *
 * Only flavors of pairs that would be new are looked up in Nova, so that what was exported can be declared again with
 * flavors in it that Nova has lost, and while Nova is away. What would be new is only known in the transaction: when it
 * meets pairs whose flavors have not been looked up, it ends without a change, Nova is asked, and it starts over.
 *
 * @throws RegisteredFlavorsError `forbidden`; `precondition required` when everything is declared without expecting
 * anything; `precondition failed` when the registry has none of the expected digests; `invalid input` beyond a limit, for
 * new pairs of a type outside of a closed list, and with one problem for each new flavor that Nova does not have; and
 * whatever the directory and the store throw
 */
export async function declareRegistrations(
  ports: DeclarePorts,
  call: CallContext,
  { isEverything, expected, isPreview, registrations }: DeclareRequest,
): Promise<DeclareOutcome> {
  const caller = requireAdmin(call.caller, ports.roles);
  if (isEverything && expected === undefined) throw preconditionRequired();
  const declared = readDocument(registrations);
  const scope = isEverything || Array.isArray(expected) ? 'everything' : [...declared.keys()];
  const checked = new Map<FlavorId, AcceptedFlavor>();
  for (;;) {
    let difference: Difference | undefined;
    let unchecked: FlavorId[] = [];
    const decide = (snapshot: Snapshot): Rewrite | undefined => {
      requireExpected(snapshot, expected);
      difference = differenceOf(isEverything ? snapshot.registrations : only(snapshot, declared), declared);
      requireFew(difference);
      requireOffered(typesOf(difference.added), ports.serviceTypes);
      const added = [...new Set(difference.added.map(({ flavorId }) => flavorId))];
      unchecked = added.filter((flavorId) => !checked.has(flavorId));
      return unchecked.length > 0 ? undefined : { ...difference, flavors: added.map((id) => checked.get(id)!) };
    };
    const isDone = await ports.store.rewrite(scope, decide, provenanceOf(call, caller, ports.clock), { isPreview });
    if (isDone && difference !== undefined) return outcomeOf(difference);
    for (const flavor of await findFlavors(ports.flavors, unchecked, call, 'in a body')) checked.set(flavor.id, flavor);
  }
}

function outcomeOf({ added, removed, unchanged }: Difference): DeclareOutcome {
  return { registered: added, deregistered: removed, unchanged };
}

function preconditionRequired(): RegisteredFlavorsError {
  return new RegisteredFlavorsError('precondition required', {
    code: 'registered-flavors.precondition.required',
    detail:
      'This replaces all registrations, so If-Match has to name the ETag of those that were read before ' +
      '(GET /Registrations), or * for any.',
  });
}

function requireExpected({ digest }: Snapshot, expected: DeclareRequest['expected']): void {
  if (expected === undefined || expected === 'any' || expected.includes(digest)) return;
  throw new RegisteredFlavorsError('precondition failed', {
    code: 'registered-flavors.precondition.failed',
    detail:
      'The registrations are not those that If-Match names: somebody has changed them meanwhile. ' +
      'Nothing was changed. Read them again, and decide anew.',
  });
}

/** A slip in a small document must not empty a large registry, nor stop the service while it does. */
function requireFew({ added, removed }: Difference): void {
  if (added.length + removed.length <= MAX_PAIRS) return;
  throw new RegisteredFlavorsError('invalid input', {
    code: 'registered-flavors.pair.too_many',
    detail:
      `This would register ${added.length} pairs and deregister ${removed.length}; one request changes up to ` +
      `${MAX_PAIRS}. Nothing was changed. Go on in parts: by service type, with PATCH.`,
  });
}

function only({ registrations }: Snapshot, declared: RegistrationDocument): RegistrationDocument {
  return new Map([...registrations].filter(([serviceType]) => declared.has(serviceType)));
}

function typesOf(pairs: readonly Registration[]): ServiceType[] {
  return [...new Set(pairs.map(({ serviceType }) => serviceType))];
}
