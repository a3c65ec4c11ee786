import Database from 'better-sqlite3';
import { openStore } from '../../src/store/open-store';
import { flavorId } from '../support/measured-flavors';
import { flavorIdsOfType, OTHER_READERS_FLAVORS, OTHER_READERS_TYPE, type Shape, typeName } from './shape';

/**
 * Makes a registry of a shape, past the service: its tables by the migrations, its rows at once. Each registration has the
 * event that it would have. What the other reader asks for stands beside it.
 */
export async function createFilledRegistry(file: string, shape: Shape): Promise<void> {
  const { registrations } = await openStore({ databaseUrl: `file:${file}` });
  await registrations.close();
  const database = new Database(file);
  database.pragma('synchronous = OFF'); // a file that is made anew for each run
  database.pragma('cache_size = -200000');
  database.transaction(() => fill(database, shape))();
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

/** Forgets what Nova said of the registered flavors, as in a registry that no service has read yet. */
export function forgetKeptFlavors(file: string): void {
  const database = new Database(file);
  database.exec('DELETE FROM kept_flavors');
  database.close();
}

function fill(database: Database.Database, shape: Shape): void {
  const accept = database.prepare(
    `INSERT INTO accepted_flavors (flavor_id, name, ram, vcpus, disk, ephemeral, swap, is_public, accepted_at)
      VALUES (?, ?, ?, ?, ?, 0, 0, 1, 0)`,
  );
  const register = database.prepare(
    `INSERT INTO registrations
      (service_type, flavor_id, registered_at, registered_by_user_id, registered_by_project_id, request_id)
      VALUES (?, ?, 0, 'user', 'project', 'req-0')`,
  );
  const change = database.prepare(
    "INSERT INTO changes (at, user_id, project_id, request_id) VALUES (0, 'user', 'project', 'req-0')",
  );
  const tell = database.prepare(
    "INSERT INTO registration_events (change_id, action, service_type, flavor_id) VALUES (?, 'registered', ?, ?)",
  );
  const registerFor = (type: string, ids: readonly string[]): void => {
    const { lastInsertRowid } = change.run();
    for (const id of ids) {
      register.run(type, id);
      tell.run(lastInsertRowid, type, id);
    }
  };
  const ids = Array.from({ length: shape.flavors }, (_, index) => flavorId(index));
  ids.forEach((id, index) => {
    const size = [2048 * (1 + (index % 64)), 1 + (index % 32), 20 * (1 + (index % 50))];
    accept.run(id, `db.r${index % 7}.${2 ** (index % 6)}xlarge`, ...size);
  });
  for (let type = 0; type < shape.types; type += 1) {
    registerFor(typeName(type), flavorIdsOfType(shape, type));
  }
  registerFor(OTHER_READERS_TYPE, ids.slice(0, OTHER_READERS_FLAVORS));
}
