import type { AcceptedFlavor } from '../../registrations/flavor';
import type { FlavorId } from '../../registrations/flavor-id';
import { type FlavorTypes, inByteOrder, type RegisteredFlavor } from '../../registrations/registration';
import type { RegistrationsPiece } from '../../registrations/registration-store';
import type { ServiceType, ServiceTypeInUse } from '../../registrations/service-type';
import { jsonList } from './listed';
import type { FlavorRow, FlavorTypesRow, PieceStatements } from './piece-statements';

/** How many pairs one piece reads: some 2 ms. */
const MAX_PAIRS_PER_PIECE = 2_000;
/** How many pairs one piece reads that makes nothing of them but a list of ids. */
const MAX_BARE_PAIRS_PER_PIECE = 5_000;
/** One look-up costs as much as so many of these pairs. */
const WEIGHT_OF_A_LOOK = 20;
/** How many flavors, each with its fields. */
const MAX_FLAVORS_PER_PIECE = 500;
/** Behind every id. */
const NO_BOUNDARY = '\u{10ffff}';

/** The flavors of service types, by id. Ends with the piece that has nothing behind it. */
export function* findFlavorsOfTypes(
  pieces: PieceStatements,
  serviceTypes: readonly ServiceType[],
): Generator<RegisteredFlavor[]> {
  const types = jsonList(serviceTypes);
  const offset = idsPerPiece(serviceTypes) - 1;
  const toRegistered = registeredFlavors();
  let after: FlavorId = '';
  while (after !== NO_BOUNDARY) {
    const upTo: FlavorId = pieces.boundary.get({ types, after, offset }) ?? NO_BOUNDARY;
    yield pieces.flavorsBetween.all({ types, after, upTo }).map(toRegistered);
    after = upTo;
  }
}

/** The flavors with these ids of service types, by id. */
export function* findNamedFlavorsOfTypes(
  pieces: PieceStatements,
  serviceTypes: readonly ServiceType[],
  flavorIds: readonly FlavorId[],
): Generator<RegisteredFlavor[]> {
  const types = jsonList(serviceTypes);
  const toRegistered = registeredFlavors();
  for (const ids of inChunks(flavorIds.toSorted(inByteOrder), idsPerPiece(serviceTypes))) {
    yield pieces.flavorsOf.all({ types, ids: jsonList(ids) }).map(toRegistered);
  }
}

/** What was accepted of all flavors after an id, as many as wanted. */
export function* findAccepted(pieces: PieceStatements, after: FlavorId, limit: number): Generator<AcceptedFlavor[]> {
  let left = limit;
  for (;;) {
    const wanted = Math.min(left, MAX_FLAVORS_PER_PIECE);
    const rows = pieces.accepted.all({ after, limit: wanted }).map(toAccepted);
    yield rows;
    left -= rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < wanted || left === 0) return;
    after = last.id;
  }
}

/** The same of some flavors. */
export function* findNamedAccepted(
  pieces: PieceStatements,
  { after, limit }: { after: FlavorId; limit: number },
  flavorIds: readonly FlavorId[],
): Generator<AcceptedFlavor[]> {
  let left = limit;
  const wanted = flavorIds.filter((flavorId) => inByteOrder(after, flavorId) < 0).sort(inByteOrder);
  for (const ids of inChunks(wanted, MAX_FLAVORS_PER_PIECE)) {
    const rows = pieces.acceptedOf.all({ ids: jsonList(ids) }).slice(0, left);
    yield rows.map(toAccepted);
    left -= rows.length;
    if (left === 0) return;
  }
}

/** Each of the flavors that is registered, with all of its types. */
export function* findTypesOf(pieces: PieceStatements, flavorIds: readonly FlavorId[]): Generator<FlavorTypes[]> {
  let piece: FlavorTypes[] = [];
  let left = MAX_PAIRS_PER_PIECE;
  for (const flavorId of flavorIds) {
    const serviceTypes: ServiceType[] = [];
    for (;;) {
      const types = pieces.typesOf.all({ flavorId, after: serviceTypes.at(-1) ?? '', limit: MAX_PAIRS_PER_PIECE });
      for (const each of types) serviceTypes.push(each);
      left -= 1 + types.length; // a look-up that finds nothing costs something, too
      if (left <= 0) {
        yield piece;
        [piece, left] = [[], MAX_PAIRS_PER_PIECE];
      }
      if (types.length < MAX_PAIRS_PER_PIECE) break;
    }
    if (serviceTypes.length > 0) piece.push({ flavorId, serviceTypes });
  }
  yield piece;
}

export function* findServiceTypes(pieces: PieceStatements): Generator<ServiceTypeInUse[]> {
  let after: ServiceType = '';
  for (;;) {
    const rows = pieces.serviceTypes.all({ after, limit: MAX_PAIRS_PER_PIECE });
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < MAX_PAIRS_PER_PIECE) return;
    after = last.serviceType;
  }
}

/** All pairs. */
export function* findAll(pieces: PieceStatements): Generator<RegistrationsPiece> {
  let [type, id]: [ServiceType, FlavorId] = ['', ''];
  for (;;) {
    const rows = pieces.pairs.all({ type, id, limit: MAX_BARE_PAIRS_PER_PIECE });
    const registrations = rows.map(
      ({ serviceType, flavorIds }) => [serviceType, JSON.parse(flavorIds) as FlavorId[]] as const,
    );
    yield registrations;
    const last = registrations.at(-1);
    const pairs = registrations.reduce((sum, [, ids]) => sum + ids.length, 0);
    if (last === undefined || pairs < MAX_BARE_PAIRS_PER_PIECE) return;
    [type, id] = [last[0], last[1].at(-1)!];
  }
}

/** All pairs of these types, in the order given. */
export function* findAllOf(
  pieces: PieceStatements,
  serviceTypes: readonly ServiceType[],
): Generator<RegistrationsPiece> {
  let piece: [ServiceType, FlavorId[]][] = [];
  let left = MAX_BARE_PAIRS_PER_PIECE;
  for (const type of serviceTypes) {
    let ids: FlavorId[] = [];
    do {
      const text = pieces.idsOf.get({ type, id: ids.at(-1) ?? '', limit: MAX_BARE_PAIRS_PER_PIECE });
      ids = JSON.parse(text ?? '[]') as FlavorId[];
      if (ids.length > 0) piece.push([type, ids]);
      left -= WEIGHT_OF_A_LOOK + ids.length;
      if (left <= 0) {
        yield piece;
        [piece, left] = [[], MAX_BARE_PAIRS_PER_PIECE];
      }
    } while (ids.length === MAX_BARE_PAIRS_PER_PIECE);
  }
  yield piece;
}

function idsPerPiece(serviceTypes: readonly ServiceType[]): number {
  const most = Math.floor(MAX_PAIRS_PER_PIECE / Math.max(1, serviceTypes.length));
  return Math.min(Math.max(1, most), MAX_FLAVORS_PER_PIECE);
}

function* inChunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

function toAccepted({ id, name, ram, vcpus, disk, ephemeral, swap, isPublic }: FlavorRow): AcceptedFlavor {
  return { id, name, ram, vcpus, disk, ephemeral, swap, isPublic: isPublic === 1 };
}

/** Makes flavors of rows. Those with the same service types share one list of them: most flavors have those of others. */
function registeredFlavors(): (row: FlavorTypesRow) => RegisteredFlavor {
  const lists = new Map<string, readonly ServiceType[]>();
  return ({ serviceTypes: text, ...row }) => {
    let serviceTypes = lists.get(text);
    if (serviceTypes === undefined) lists.set(text, (serviceTypes = text.split(',')));
    return { flavorId: row.id, accepted: toAccepted(row), serviceTypes };
  };
}
