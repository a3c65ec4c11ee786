import Database from 'better-sqlite3';
import type { RegistrationStore } from '../../src/registrations/registration-store';
import { openStore, type StoreOptions } from '../../src/store/open-store';
import type { RegistryUnderTest } from './registration-store.conformance';
import { temporaryFolder } from './temporary-folder';

export interface SqliteRegistry extends RegistryUnderTest {
  readonly path: string;
  openStore(options?: Partial<StoreOptions>): Promise<RegistrationStore>;
}

/** A registry in a real file of a folder of its own. */
export function sqliteRegistry(): SqliteRegistry {
  const folder = temporaryFolder();
  const path = folder.in('registry.db');
  const stores: RegistrationStore[] = [];
  return {
    path,
    async openStore(options) {
      const { registrations: store } = await openStore({ databaseUrl: `file:${path}`, ...options });
      stores.push(store);
      return store;
    },
    async openEvents() {
      const { registrations, events } = await openStore({ databaseUrl: `file:${path}` });
      stores.push(registrations); // whoever closes the registrations closes all of it
      return events;
    },
    standing: () => readStanding(path),
    async dispose() {
      await Promise.all(stores.map((store) => store.close()));
      folder.remove();
    },
  };
}

function readStanding(path: string): ReturnType<RegistryUnderTest['standing']> {
  const client = new Database(path, { readonly: true });
  try {
    const registrations = client
      .prepare(
        `SELECT service_type AS serviceType, flavor_id AS flavorId, registered_by_user_id AS userId,
          registered_by_project_id AS projectId, request_id AS requestId, global_request_id AS globalRequestId,
          registered_at AS at FROM registrations ORDER BY service_type, flavor_id`,
      )
      .all() as ReturnType<RegistryUnderTest['standing']>['registrations'];
    const accepted = client
      .prepare(
        `SELECT flavor_id AS id, name, ram, vcpus, disk, ephemeral, swap, is_public AS isPublic,
          accepted_at AS acceptedAt FROM accepted_flavors ORDER BY flavor_id`,
      )
      .all() as ReturnType<RegistryUnderTest['standing']>['accepted'];
    return {
      registrations: registrations.map((row) => ({ ...row, globalRequestId: row.globalRequestId ?? undefined })),
      accepted: accepted.map((row) => ({ ...row, isPublic: Number(row.isPublic) === 1 })),
    };
  } finally {
    client.close();
  }
}
