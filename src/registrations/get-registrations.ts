import type { CallContext } from './caller';
import { leastCurrent } from './flavor-directory';
import { type RoleLists, requireAdmin } from './policy';
import type { Snapshot } from './registration-store';
import { readView, type View, type ViewPorts } from './view';

/** All registrations, as every admin sees them. */
export interface RegistrationsView extends View {
  readonly snapshot: Snapshot;
}

export interface RegistrationsPorts extends ViewPorts<RegistrationsView> {
  readonly roles: RoleLists;
}

const KEY = 'registrations';

/**
 * All registrations, without a word of Nova: what {@link declareRegistrations} takes.
 * @throws RegisteredFlavorsError `forbidden`, and whatever the store throws
 */
export async function getRegistrations(ports: RegistrationsPorts, call: CallContext): Promise<RegistrationsView> {
  requireAdmin(call.caller, ports.roles, 'Reading all registrations');
  const { view } = await readView(ports, KEY, async () => {
    const snapshot = await ports.store.findAll();
    return {
      goodUntil: Infinity,
      shown: leastCurrent([]),
      isOf: (known) => known.snapshot.digest === snapshot.digest,
      create: (asOf) => ({ key: KEY, asOf, snapshot }),
    };
  });
  return view;
}
