import { and, desc, eq, gt, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { listed } from './listed';
import { acceptedFlavors, changes, keptFlavors, registrationEvents, serviceTypes } from './schema';

/** The statements that read the registry, prepared once. */
export function prepareReads(db: BetterSQLite3Database) {
  return {
    countAllPairs: prepareCountPairs(db, undefined),
    countPairs: prepareCountPairs(db, inArray(serviceTypes.serviceType, listed('serviceTypes'))),
    findResized: prepareFindResized(db),
    version: db
      .select({ version: sql<number>`coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'changes'), 0)` })
      .from(sql`(SELECT 1)`)
      .prepare(),
    findEvents: prepareFindEvents(db),
    rangeOfEvents: db
      .select({
        oldest: sql<number | null>`(SELECT min(id) FROM registration_events)`,
        newest: sql<number | null>`(SELECT max(id) FROM registration_events)`,
      })
      .from(sql`(SELECT 1)`)
      .prepare(),
    measure: db
      .select({
        registrations: sql<number>`(SELECT coalesce(sum(flavor_count), 0) FROM service_types)`,
        flavors: sql<number>`(SELECT count(*) FROM accepted_flavors)`,
        serviceTypes: sql<number>`(SELECT count(*) FROM service_types)`,
      })
      .from(sql`(SELECT 1)`)
      .prepare(),
    size: db
      .select({ bytes: sql<number>`page_count * page_size` })
      .from(sql`pragma_page_count, pragma_page_size`)
      .prepare(),
    countKeptFlavors: prepareCountKeptFlavors(db),
    findKeptFlavors: db
      .select()
      .from(keptFlavors)
      .where(inArray(keptFlavors.flavorId, listed('flavorIds')))
      .prepare(),
  };
}

function prepareCountPairs(db: BetterSQLite3Database, which: SQL | undefined) {
  return db
    .select({ pairs: sql<number>`coalesce(sum(${serviceTypes.flavorCount}), 0)` })
    .from(serviceTypes)
    .where(which)
    .prepare();
}

const SIZE = ['ram', 'vcpus', 'disk', 'ephemeral', 'swap'] as const;

/** Of flavors, each a list `[id, name, ram, vcpus, disk, ephemeral, swap ...]`, those that were accepted in another size. */
function prepareFindResized(db: BetterSQLite3Database) {
  const differs = sql.join(
    SIZE.map((column, index) => sql`${acceptedFlavors[column]} <> listed.value ->> ${sql.raw(String(index + 2))}`),
    sql` OR `,
  );
  return db
    .select({ flavorId: acceptedFlavors.flavorId })
    .from(sql`json_each(${sql.placeholder('flavors')}) AS listed`)
    .innerJoin(acceptedFlavors, sql`${acceptedFlavors.flavorId} = listed.value ->> 0`)
    .where(differs)
    .prepare();
}

function prepareFindEvents(db: BetterSQLite3Database) {
  const { id, serviceType, flavorId } = registrationEvents;
  const [types, ids, user] = [sql.placeholder('serviceTypes'), sql.placeholder('flavorIds'), sql.placeholder('userId')];
  return db
    .select({
      ...{ id, action: registrationEvents.action, serviceType, flavorId },
      ...{ at: changes.at, userId: changes.userId, projectId: changes.projectId },
      ...{ requestId: changes.requestId, globalRequestId: changes.globalRequestId },
    })
    .from(registrationEvents)
    .innerJoin(changes, eq(changes.id, registrationEvents.changeId))
    .where(
      and(
        gte(id, sql.placeholder('from')),
        lt(id, sql.placeholder('before')),
        gte(changes.at, sql.placeholder('since')),
        lt(changes.at, sql.placeholder('until')),
        sql`(${types} IS NULL OR ${serviceType} IN ${listed('serviceTypes')})`,
        sql`(${ids} IS NULL OR ${flavorId} IN ${listed('flavorIds')})`,
        sql`(${user} IS NULL OR ${changes.userId} = ${user})`,
      ),
    )
    .orderBy(desc(id))
    .limit(sql.placeholder('limit'))
    .prepare();
}

/** Counts a piece of the registered flavors, and tells its last one. */
function prepareCountKeptFlavors(db: BetterSQLite3Database) {
  const differs = sql.join(
    SIZE.map((name) => sql`${keptFlavors.flavor} ->> ${sql.raw(`'${name}'`)} <> ${acceptedFlavors[name]}`),
    sql` OR `,
  );
  const when = (condition: SQL) => sql<number>`count(*) FILTER (WHERE ${condition})`;
  const ofPiece = db
    .select()
    .from(acceptedFlavors)
    .where(gt(acceptedFlavors.flavorId, sql.placeholder('after')))
    .orderBy(acceptedFlavors.flavorId)
    .limit(sql.placeholder('limit'))
    .as('accepted_flavors');
  return db
    .select({
      last: sql<string | null>`max(${acceptedFlavors.flavorId})`,
      available: when(sql`${keptFlavors.flavor} IS NOT NULL AND NOT (${differs})`),
      changed: when(sql`${keptFlavors.flavor} IS NOT NULL AND (${differs})`),
      missing: when(sql`${keptFlavors.flavorId} IS NOT NULL AND ${keptFlavors.flavor} IS NULL`),
      unknown: when(sql`${keptFlavors.flavorId} IS NULL`),
    })
    .from(ofPiece)
    .leftJoin(keptFlavors, eq(keptFlavors.flavorId, acceptedFlavors.flavorId))
    .prepare();
}
