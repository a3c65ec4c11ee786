import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { openStore } from '../../src/store/open-store';
import { spread } from './cloud';
import { atMost, type Bench, forOrientation } from './figure';

const ROUNDS = 15;
const TYPES = 10;
const IDS = 100;

/** The store's part of a registration, beside the bare rows. Both reach the disk before they are answered. */
export const store: Bench = {
  subject: 'store',
  run: async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'bench-'));
    const { registrations: ours } = await openStore({ databaseUrl: `file:${path.join(folder, 'ours.db')}` });
    const bare = openBare(path.join(folder, 'bare.db'));
    const size = { ram: 1, vcpus: 1, disk: 1, ephemeral: 0, swap: 0, isPublic: true };
    const flavors = spread(IDS).map((id) => ({ id, name: 'a flavor', ...size }));
    const provenance = { userId: 'u', projectId: 'p', requestId: 'req-1', globalRequestId: undefined, at: 1 };
    const best = { ours: Infinity, bare: Infinity };
    for (let round = 0; round < ROUNDS; round += 1) {
      const types = Array.from({ length: TYPES }, (_, index) => `type-${round}-${index}`);
      let from = performance.now();
      await ours.register(types, flavors, provenance);
      best.ours = Math.min(best.ours, performance.now() - from);
      from = performance.now();
      bare.insert(
        types,
        flavors.map(({ id }) => id),
      );
      best.bare = Math.min(best.bare, performance.now() - from);
    }
    await ours.close();
    bare.close();
    rmSync(folder, { recursive: true });
    return [
      forOrientation(
        'registering 1,000 pairs in the store; the bare rows',
        `${best.ours.toFixed(1)} ms; ${best.bare.toFixed(1)} ms`,
      ),
      atMost("the store's part of a POST of 1,000 pairs, times the bare rows", best.ours / best.bare, 5),
    ];
  },
};

function openBare(file: string) {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(
    `CREATE TABLE registrations (service_type TEXT NOT NULL, flavor_id TEXT NOT NULL, registered_at INTEGER NOT NULL,
      user_id TEXT NOT NULL, project_id TEXT NOT NULL, request_id TEXT NOT NULL,
      PRIMARY KEY (service_type, flavor_id)) STRICT, WITHOUT ROWID`,
  );
  const row = database.prepare("INSERT INTO registrations VALUES (?, ?, 1, 'u', 'p', 'req-1')");
  return {
    insert: database.transaction((types: string[], ids: string[]) => {
      for (const type of types) for (const id of ids) row.run(type, id);
    }),
    close: () => database.close(),
  };
}
