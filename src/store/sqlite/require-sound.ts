import { closeSync, openSync, readSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StoreOpenError } from '../store-open-error';
import { contradictionsOf } from './inspect-registry';
import { requireOurs } from './migrate';

/** Tables that grow with every change: SQLite's own look at each page of them takes seconds. */
const LARGE = ['registrations', 'changes', 'registration_events'];
const SQLITE_MAGIC = 'SQLite format 3\0';
const MAX_FINDINGS = 3;
/** Where the header of a database has it, and how long it is at least. */
const SCHEMA_VERSION_OFFSET = 40;
const HEADER_BYTES = 100;
/** How many places of such a table are looked at. */
const SAMPLES = 64;

/**
 * Looks whether a registry may be served: a mixture of two files does not add up. Fast: less than a second for 1,000,000
 * registrations, however many events there are. It opens the file only to read, so that SQLite does not write a log that
 * is not sound into it.
 * @throws StoreOpenError when it may not be
 */
export function requireSound(path: string): void {
  const schemaVersion = schemaVersionOf(path);
  const client = new Database(path, { readonly: true });
  try {
    requireOurs(client);
    // It only ever rises, and the log has the newest; a copy that SQLite makes gets a higher one than what it copies.
    if (schemaVersion > (client.pragma('schema_version', { simple: true }) as number)) {
      throw new StoreOpenError(
        `The registry file "${path}" was overwritten, and the write-ahead log beside it belongs to what was there before: ` +
          'put a backup in its place with "restore FILE".',
      );
    }
    const findings = client.transaction(() => findDamage(client))();
    if (findings.length === 0) return;
    throw new StoreOpenError(
      `The registry file "${path}" is damaged and has to be restored from a backup (${findings.slice(0, MAX_FINDINGS).join('; ')}).`,
    );
  } finally {
    client.close();
  }
}

/** In the file itself, whatever its log says. */
function schemaVersionOf(path: string): number {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    readSync(file, header);
  } finally {
    closeSync(file);
  }
  return header.toString('latin1', 0, SQLITE_MAGIC.length) === SQLITE_MAGIC
    ? header.readUInt32BE(SCHEMA_VERSION_OFFSET)
    : 0;
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
