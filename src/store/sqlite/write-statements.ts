import { and, eq, getTableColumns, inArray, notExists, type SQL, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { listed } from './listed';
import { acceptedFlavors, changes, keptFlavors, registrationEvents, registrations } from './schema';

/** The statements that change the registry, prepared once. */
export function prepareWrites(db: BetterSQLite3Database) {
  return {
    acceptFlavors: prepareAcceptFlavors(db),
    register: prepareRegister(db),
    registerPairs: prepareRegisterPairs(db),
    deregister: prepareDeregister(db),
    deregisterPairs: prepareDeregisterPairs(db),
    forgetFlavors: prepareForgetFlavors(db),
    recordChange: prepareRecordChange(db),
    recordEvents: prepareRecordEvents(db),
    recordAccepted: prepareRecordAccepted(db),
    keepFlavor: prepareKeepFlavor(db),
  };
}

const PAIR = { serviceType: registrations.serviceType, flavorId: registrations.flavorId };

/** Writes down flavors, each a list of its columns' values in the table's order but for the last one. */
function prepareAcceptFlavors(db: BetterSQLite3Database) {
  return db
    .insert(acceptedFlavors)
    .select(
      sql`SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        ${sql.placeholder('acceptedAt')} FROM json_each(${sql.placeholder('flavors')}) WHERE true`,
    )
    .onConflictDoUpdate({
      target: acceptedFlavors.flavorId,
      set: excluded(acceptedFlavors),
    })
    .prepare();
}

/** Each of the types with each of the ids; answers the rows that are new. The columns are in the table's order. */
function prepareRegister(db: BetterSQLite3Database) {
  return db
    .insert(registrations)
    .select(
      // Without "WHERE true" SQLite would read ON CONFLICT as the ON of a join.
      sql`SELECT types.value, ids.value, ${sql.placeholder('at')}, ${sql.placeholder('userId')},
        ${sql.placeholder('projectId')}, ${sql.placeholder('requestId')}, ${sql.placeholder('globalRequestId')}
        FROM json_each(${sql.placeholder('serviceTypes')}) AS types, json_each(${sql.placeholder('flavorIds')}) AS ids
        WHERE true`,
    )
    .onConflictDoNothing()
    .returning(PAIR)
    .prepare();
}

function prepareDeregister(db: BetterSQLite3Database) {
  return db
    .delete(registrations)
    .where(
      and(
        inArray(registrations.serviceType, listed('serviceTypes')),
        inArray(registrations.flavorId, listed('flavorIds')),
      ),
    )
    .returning(PAIR)
    .prepare();
}

/** A list of `[type, id]`: one statement for all, where one for each type would take five times as long. */
const PAIRS = sql`FROM json_each(${sql.placeholder('pairs')})`;

function prepareRegisterPairs(db: BetterSQLite3Database) {
  return db
    .insert(registrations)
    .select(
      sql`SELECT value ->> 0, value ->> 1, ${sql.placeholder('at')}, ${sql.placeholder('userId')},
        ${sql.placeholder('projectId')}, ${sql.placeholder('requestId')}, ${sql.placeholder('globalRequestId')}
        ${PAIRS} WHERE true`,
    )
    .onConflictDoNothing()
    .prepare();
}

function prepareDeregisterPairs(db: BetterSQLite3Database) {
  return db
    .delete(registrations)
    .where(sql`(${registrations.serviceType}, ${registrations.flavorId}) IN (SELECT value ->> 0, value ->> 1 ${PAIRS})`)
    .prepare();
}

/** Of the flavors, forgets those without any registration. */
function prepareForgetFlavors(db: BetterSQLite3Database) {
  const stillRegistered = db
    .select({ one: sql`1` })
    .from(registrations)
    .where(eq(registrations.flavorId, acceptedFlavors.flavorId));
  return db
    .delete(acceptedFlavors)
    .where(and(inArray(acceptedFlavors.flavorId, listed('flavorIds')), notExists(stillRegistered)))
    .prepare();
}

function prepareRecordChange(db: BetterSQLite3Database) {
  return db
    .insert(changes)
    .values({
      at: sql.placeholder('at'),
      userId: sql.placeholder('userId'),
      projectId: sql.placeholder('projectId'),
      requestId: sql.placeholder('requestId'),
      globalRequestId: sql.placeholder('globalRequestId'),
    })
    .returning({ id: changes.id })
    .prepare();
}

/** One event for each pair of a list of `[type, id]`. */
function prepareRecordEvents(db: BetterSQLite3Database) {
  return db
    .insert(registrationEvents)
    .select(
      sql`SELECT NULL, ${sql.placeholder('changeId')}, ${sql.placeholder('action')}, value ->> 0, value ->> 1
        ${PAIRS}`,
    )
    .prepare();
}

/** One event for each pair that stands of some flavors. */
function prepareRecordAccepted(db: BetterSQLite3Database) {
  return db
    .insert(registrationEvents)
    .select(
      sql`SELECT NULL, ${sql.placeholder('changeId')}, 'size_accepted', ${registrations.serviceType},
        ${registrations.flavorId} FROM ${registrations} WHERE ${registrations.flavorId} IN ${listed('flavorIds')}
        ORDER BY ${registrations.serviceType}, ${registrations.flavorId}`,
    )
    .prepare();
}

/**
 * Writes a row only where the flavor is registered, and not over what another process has heard later; but over what was
 * heard in the future, when a clock was wrong.
 */
function prepareKeepFlavor(db: BetterSQLite3Database) {
  return db
    .insert(keptFlavors)
    .select(
      sql`SELECT ${acceptedFlavors.flavorId}, ${sql.placeholder('region')}, ${sql.placeholder('computeEndpoint')},
        ${sql.placeholder('askedAt')}, ${sql.placeholder('flavor')}, ${sql.placeholder('access')}
        FROM ${acceptedFlavors} WHERE ${acceptedFlavors.flavorId} = ${sql.placeholder('flavorId')}`,
    )
    .onConflictDoUpdate({
      target: keptFlavors.flavorId,
      set: excluded(keptFlavors),
      setWhere: sql`excluded.asked_at > ${keptFlavors.askedAt} OR ${keptFlavors.askedAt} > unixepoch('subsec') * 1000`,
    })
    .prepare();
}

/** All columns but the key as they would have been inserted. */
function excluded(table: SQLiteTable): Record<string, SQL> {
  const others = Object.entries(getTableColumns(table)).filter(([, column]) => !column.primary);
  return Object.fromEntries(others.map(([name, column]) => [name, sql`excluded.${sql.identifier(column.name)}`]));
}
