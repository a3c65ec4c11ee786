import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { SqliteDatabase } from './sqlite-database';

/** How many rows are looked at in one piece, without a lock. */
const SEARCHED_AT_ONCE = 5000;
/** How long one transaction takes, about: nobody else writes meanwhile. */
const LOCKED_MS = 15;
const MIN_FORGOTTEN_AT_ONCE = 20;
const MAX_FORGOTTEN_AT_ONCE = 2000;
/** Not many before it is known how long it takes: each may lie on a page of its own. */
const FIRST_FORGOTTEN_AT_ONCE = 200;

/**
 * Forgets the events from before a time, and then who caused them: an event never stands without its change. Ids are
 * never used again, so what was found without a lock may be deleted by its id later.
 *
 * Clocks differ, so that no order of the ids says where the old ones end: all of them are looked at.
 * @returns how many events were forgotten, after each transaction. Can be left at any of them, and begun again
 */
export async function* pruneEvents(database: SqliteDatabase, before: number): AsyncGenerator<number, void> {
  const { client } = database;
  const { newestEvent, newestChange } = database.read(() => rangeOf(client));
  const oldChanges = client.prepare<[number, number, number], number>(
    'SELECT id FROM changes WHERE id > ? AND id <= ? AND at < ?',
  );
  const oldEvents = client.prepare<[number, number, number], number>(
    `SELECT registration_events.id FROM registration_events JOIN changes ON changes.id = change_id
      WHERE registration_events.id > ? AND registration_events.id <= ? AND at < ?`,
  );
  const search = (statement: typeof oldChanges, newest: number) => idsOf(database, statement, { newest, before });
  if ((await search(oldChanges, newestChange).next()).done === true) return;
  yield* forget(database, 'registration_events', search(oldEvents, newestEvent));
  yield* mapToNone(forget(database, 'changes', search(oldChanges, newestChange)));
}

/** Steps that forget no events. */
async function* mapToNone(steps: AsyncIterable<unknown>): AsyncGenerator<number, void> {
  const iterator = steps[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true) yield 0;
}

/** In one statement: every event up to the newest one has a change up to the newest one, and the other way round. */
function rangeOf(client: Database.Database): { newestEvent: number; newestChange: number } {
  const newest = (table: string) => `(SELECT ifnull(max(id), 0) FROM ${table})`;
  return client
    .prepare<[], { newestEvent: number; newestChange: number }>(
      `SELECT ${newest('registration_events')} AS newestEvent, ${newest('changes')} AS newestChange`,
    )
    .get()!;
}

/** The ids that a statement finds, by ranges of the primary key. */
async function* idsOf(
  database: SqliteDatabase,
  statement: Database.Statement<[number, number, number], number>,
  { newest, before }: { newest: number; before: number },
): AsyncGenerator<number[], void> {
  statement.pluck();
  for (let after = 0; after < newest; after += SEARCHED_AT_ONCE) {
    const upTo = Math.min(after + SEARCHED_AT_ONCE, newest);
    const ids = database.read(() => statement.all(after, upTo, before));
    if (ids.length > 0) yield ids;
  }
}

/** Deletes what is found, in transactions that are as large as the time for each allows; others write in between. */
async function* forget(
  database: SqliteDatabase,
  table: 'registration_events' | 'changes',
  found: AsyncGenerator<number[], void>,
): AsyncGenerator<number, void> {
  let atOnce = FIRST_FORGOTTEN_AT_ONCE;
  for await (const ids of found) {
    for (let from = 0; from < ids.length;) {
      const some = ids.slice(from, from + atOnce);
      let began = 0;
      const { changes } = await database.write(({ client }) => {
        began = performance.now();
        return client
          .prepare(`DELETE FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`)
          .run(JSON.stringify(some));
      });
      const ms = performance.now() - began;
      yield changes;
      from += some.length;
      const wanted = ms > LOCKED_MS ? atOnce / 2 : atOnce * 1.5;
      atOnce = Math.round(Math.min(Math.max(wanted, MIN_FORGOTTEN_AT_ONCE), MAX_FORGOTTEN_AT_ONCE));
      await sleep(Math.max(ms, 1)); // for as long as it was locked: whoever waits asks again meanwhile
    }
  }
}
