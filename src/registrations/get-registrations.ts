import type { CallContext } from './caller';
import { type RoleLists, requireAdmin } from './policy';
import type { RegistrationStore, Snapshot } from './registration-store';

/**
 * All registrations, without a word of Nova: what {@link declareRegistrations} takes.
 * @throws RegisteredFlavorsError `forbidden`, and whatever the store throws
 */
export async function getRegistrations(
  ports: { store: RegistrationStore; roles: RoleLists },
  call: CallContext,
): Promise<Snapshot> {
  requireAdmin(call.caller, ports.roles, 'Reading all registrations');
  return ports.store.findAll();
}
