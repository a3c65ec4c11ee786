import Database from 'better-sqlite3';
import { StoreOpenError } from '../store-open-error';
import { contradictionsOf } from './inspect-registry';
import { requireOurs } from './migrate';

/** Tables that grow with every change: SQLite's own look at each page of them takes seconds. */
const LARGE = ['registrations', 'changes', 'registration_events'];
/** How many places of such a table are looked at. */
const SAMPLES = 64;

/**
 * Looks whether a registry may be served: a mixture of two files does not add up. Fast: about a quarter of a second for
 * 1,000,000 registrations. It opens the file only to read, so that SQLite does not write a log that is not sound into it.
 * @throws StoreOpenError when it may not be
 */
export function requireSound(path: string): void {
  const client = new Database(path, { readonly: true });
  try {
    requireOurs(client);
    const findings = client.transaction(() => findDamage(client))();
    if (findings.length === 0) return;
    throw new StoreOpenError(
      `The registry file "${path}" is damaged and has to be restored from a backup (${findings.join('; ')}).`,
    );
  } finally {
    client.close();
  }
}

/** Undamaged tables of an earlier version are not compared: the migrations see to them. */
function findDamage(client: Database.Database): string[] {
  const tables = client
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  const findings = tables
    .filter((table) => !LARGE.includes(table))
    .flatMap((table) => client.prepare<[string], string>('SELECT * FROM pragma_quick_check(?)').pluck().all(table))
    .filter((finding) => finding !== 'ok');
  if (findings.length > 0 || !['service_types', ...LARGE].every((table) => tables.includes(table))) return findings;
  return [...contradictionsOf(client), ...lostFromIndex(client), ...lostChanges(client)];
}

function lostFromIndex(client: Database.Database): string[] {
  const { listed, noted } = client
    .prepare<[], { listed: number; noted: number }>(
      `SELECT (SELECT count(*) FROM registrations INDEXED BY registrations_flavor_id) AS listed,
        (SELECT ifnull(sum(flavor_count), 0) FROM service_types) AS noted`,
    )
    .get()!;
  return listed === noted ? [] : [`${noted} registrations are noted, and ${listed} are in the index`];
}

/** Each event was written together with its change, in one transaction. */
function lostChanges(client: Database.Database): string[] {
  const { oldest, newest } = client
    .prepare<[], { oldest: number | null; newest: number | null }>(
      'SELECT (SELECT min(id) FROM registration_events) AS oldest, (SELECT max(id) FROM registration_events) AS newest',
    )
    .get()!;
  if (oldest === null || newest === null) return [];
  const look = client
    .prepare<[number], number>(
      `SELECT EXISTS (SELECT 1 FROM changes WHERE id = change_id) FROM registration_events WHERE id >= ?
        ORDER BY id LIMIT 1`,
    )
    .pluck();
  const step = (newest - oldest) / SAMPLES;
  const places = Array.from({ length: SAMPLES + 1 }, (_, index) => Math.round(oldest + index * step));
  const lost = places.filter((place) => look.get(place) === 0).length;
  return lost === 0 ? [] : [`${lost} of ${places.length} events have lost who caused them`];
}
