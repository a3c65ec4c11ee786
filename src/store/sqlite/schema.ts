import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { EVENT_ACTIONS } from '../../registrations/registration-event';

/**
 * Flavors with at least one registration, as they were when last registered.
 * Sizes are in Nova's units: MiB for `ram` and `swap`, GiB for `disk` and `ephemeral`.
 */
export const acceptedFlavors = sqliteTable(
  'accepted_flavors',
  {
    flavorId: text('flavor_id').primaryKey().notNull(),
    name: text('name').notNull(),
    ram: integer('ram').notNull(),
    vcpus: integer('vcpus').notNull(),
    disk: integer('disk').notNull(),
    ephemeral: integer('ephemeral').notNull(),
    swap: integer('swap').notNull(),
    isPublic: integer('is_public', { mode: 'boolean' }).notNull(),
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    acceptedAt: integer('accepted_at').notNull(),
  },
  (table) => [check('accepted_flavors_is_public', sql`${table.isPublic} IN (0, 1)`)],
);

/** The pairs. Type first in the key: finding by type reads one stretch of it. */
export const registrations = sqliteTable(
  'registrations',
  {
    serviceType: text('service_type').notNull(),
    flavorId: text('flavor_id').notNull(),
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    registeredAt: integer('registered_at').notNull(),
    registeredByUserId: text('registered_by_user_id').notNull(),
    registeredByProjectId: text('registered_by_project_id').notNull(),
    requestId: text('request_id').notNull(),
    /** Only when the client sent one. */
    globalRequestId: text('global_request_id'),
  },
  (table) => [
    primaryKey({ columns: [table.serviceType, table.flavorId] }),
    foreignKey({ columns: [table.flavorId], foreignColumns: [acceptedFlavors.flavorId] }),
    index('registrations_flavor_id').on(table.flavorId),
  ],
);

/**
 * The service types in use. Triggers on the registrations write it (migration 0002), so that it is right whoever writes
 * those: counting a million pairs at each look would stop the process for as long.
 */
export const serviceTypes = sqliteTable('service_types', {
  serviceType: text('service_type').primaryKey().notNull(),
  flavorCount: integer('flavor_count').notNull(),
  /** When a flavor was last registered for it or deregistered from it: milliseconds since 1970-01-01T00:00:00Z. */
  changedAt: integer('changed_at').notNull(),
});

/** The requests that have changed the registry: who, when, with which ids. One row for all that one of them has done. */
export const changes = sqliteTable('changes', {
  id: integer('id').primaryKey({ autoIncrement: true }).notNull(),
  /** Milliseconds since 1970-01-01T00:00:00Z, by the clock of the process that wrote it: no order. */
  at: integer('at').notNull(),
  userId: text('user_id').notNull(),
  projectId: text('project_id').notNull(),
  requestId: text('request_id').notNull(),
  /** Only when the client sent one. */
  globalRequestId: text('global_request_id'),
});

/**
 * What has happened to each pair. Ids are never used again, so that a place in the list stays one when it is pruned. It
 * has no indexes: each would cost a registration half as much again, and who looks for something can wait.
 */
export const registrationEvents = sqliteTable(
  'registration_events',
  {
    id: integer('id').primaryKey({ autoIncrement: true }).notNull(),
    /** Of `changes`; no foreign key: to check it when a change is pruned would take an index. */
    changeId: integer('change_id').notNull(),
    action: text('action', { enum: EVENT_ACTIONS }).notNull(),
    serviceType: text('service_type').notNull(),
    flavorId: text('flavor_id').notNull(),
  },
  (table) => [
    check('registration_events_action', sql`${table.action} IN ('registered', 'deregistered', 'size_accepted')`),
  ],
);

/**
 * What Nova last said of registered flavors, so that a restart while Nova is away goes on answering. A copy that may be
 * emptied at any time; a migration after which `Flavor` means something else has to.
 */
export const keptFlavors = sqliteTable(
  'kept_flavors',
  {
    flavorId: text('flavor_id').primaryKey().notNull(),
    /** Which Nova said so: what another one says of the id is about another flavor. */
    region: text('region').notNull(),
    computeEndpoint: text('compute_endpoint').notNull(),
    /** Milliseconds since 1970-01-01T00:00:00Z. */
    askedAt: integer('asked_at').notNull(),
    /** JSON; null when Nova has no such flavor. */
    flavor: text('flavor'),
    /** JSON: the projects that may use it; null when that was not asked for, or could not be learned. */
    access: text('access'),
  },
  (table) => [
    foreignKey({ columns: [table.flavorId], foreignColumns: [acceptedFlavors.flavorId] }).onDelete('cascade'),
  ],
);
