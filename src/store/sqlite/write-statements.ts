import { and, eq, getTableColumns, inArray, notExists, type SQL, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { listed } from './listed';
import { acceptedFlavors, changes, keptFlavors, registrationEvents, registrations } from './schema';

/** The statements that change the registry, prepared once. */
export function prepareWrites(db: BetterSQLite3Database) {
  return {
    acceptFlavor: prepareAcceptFlavor(db),
    register: prepareRegister(db),
    deregister: prepareDeregister(db),
    forgetFlavors: prepareForgetFlavors(db),
    recordChange: prepareRecordChange(db),
    recordEvents: prepareRecordEvents(db),
    recordAccepted: prepareRecordAccepted(db),
    keepFlavor: prepareKeepFlavor(db),
  };
}

const PAIR = { serviceType: registrations.serviceType, flavorId: registrations.flavorId };

function prepareAcceptFlavor(db: BetterSQLite3Database) {
  return db
    .insert(acceptedFlavors)
    .values({
      flavorId: sql.placeholder('id'),
      name: sql.placeholder('name'),
      ram: sql.placeholder('ram'),
      vcpus: sql.placeholder('vcpus'),
      disk: sql.placeholder('disk'),
      ephemeral: sql.placeholder('ephemeral'),
      swap: sql.placeholder('swap'),
      isPublic: sql.placeholder('isPublic'),
      acceptedAt: sql.placeholder('acceptedAt'),
    })
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
        FROM json_each(${sql.placeholder('pairs')})`,
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
