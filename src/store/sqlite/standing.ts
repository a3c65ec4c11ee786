import type { NextTurn } from '../../registrations/in-turns';
import type {
  RegistrationsPiece,
  RegistryVersion,
  RewriteScope,
  Standing,
} from '../../registrations/registration-store';
import { jsonList } from './listed';
import type { PieceStatements } from './piece-statements';
import { findAll, findAllOf } from './read-in-pieces';
import type { SqliteDatabase } from './sqlite-database';

type Reads = SqliteDatabase['reads'];
type ServiceTypes = RewriteScope['serviceTypes'];

/**
 * What stands of some service types.
 * @param registrations those of {@link findPairs}: they are read later, and so never of an older version than is told here
 */
export function standingOf(
  reads: Reads,
  registrations: Iterable<RegistrationsPiece> | AsyncIterable<RegistrationsPiece>,
  { serviceTypes, nextTurn }: Pick<RewriteScope, 'serviceTypes' | 'nextTurn'>,
): Standing {
  return {
    version: versionOf(reads),
    pairs: countPairs(reads, serviceTypes),
    registrations: inTurns(registrations, nextTurn),
    nextTurn,
  };
}

/** All pairs of some service types. */
export function findPairs(pieces: PieceStatements, serviceTypes: ServiceTypes): Generator<RegistrationsPiece> {
  return serviceTypes === 'everything' ? findAll(pieces) : findAllOf(pieces, serviceTypes);
}

export function versionOf(reads: Reads): RegistryVersion {
  return reads.version.get()!.version;
}

export function countPairs(reads: Reads, serviceTypes: ServiceTypes): number {
  const counted =
    serviceTypes === 'everything'
      ? reads.countAllPairs.get()
      : reads.countPairs.get({ serviceTypes: jsonList(serviceTypes) });
  return counted?.pairs ?? 0;
}

async function* inTurns<T>(pieces: Iterable<T> | AsyncIterable<T>, nextTurn: NextTurn): AsyncGenerator<T> {
  for await (const piece of pieces) {
    yield piece;
    await nextTurn();
  }
}
