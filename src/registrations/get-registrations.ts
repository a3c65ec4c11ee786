import type { CallContext } from './caller';
import { LeastCurrent } from './flavor-directory';
import { type RoleLists, requireAdmin } from './policy';
import { MAX_PAIRS_OF_SMALL_READ, type Read } from './read';
import type { RegistrationStore, RegistrationsPiece } from './registration-store';

export interface RegistrationsPorts {
  readonly store: RegistrationStore;
  readonly roles: RoleLists;
}

/**
 * Reads all registrations, without a word of Nova: what {@link declareRegistrations} takes.
 * @throws RegisteredFlavorsError `forbidden`
 */
export function getRegistrations(
  { store, roles }: RegistrationsPorts,
  call: Pick<CallContext, 'caller'>,
): Read<AsyncIterable<RegistrationsPiece>> {
  requireAdmin(call.caller, roles, 'Reading all registrations');
  return {
    key: 'registrations',
    isLarge: async () => store.measure().registrations > MAX_PAIRS_OF_SMALL_READ,
    run: async () => ({ result: store.findAll(), goodUntil: Infinity, shown: new LeastCurrent().currency }),
  };
}
