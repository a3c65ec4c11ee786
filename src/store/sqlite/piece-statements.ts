import type Database from 'better-sqlite3';
import type { AcceptedFlavor } from '../../registrations/flavor';
import type { FlavorId } from '../../registrations/flavor-id';
import type { ServiceType, ServiceTypeInUse } from '../../registrations/service-type';

/** An `AcceptedFlavor` as SQLite gives it. */
export type FlavorRow = Omit<AcceptedFlavor, 'isPublic'> & { readonly isPublic: number };
/** The same with its service types, sorted, separated by commas. */
export type FlavorTypesRow = FlavorRow & { readonly serviceTypes: string };

const ACCEPTED = 'f.flavor_id AS id, f.name, f.ram, f.vcpus, f.disk, f.ephemeral, f.swap, f.is_public AS isPublic';

/**
 * The statements that read a part of a long list, prepared once for each connection: each takes a few milliseconds at the
 * most, however large the registry is. One row for each flavor, its types as one text: a row for each pair would take
 * five times as long.
 */
export function preparePieces(client: Database.Database) {
  return {
    boundary: client.prepare<[{ types: string; after: FlavorId; offset: number }], FlavorId | null>(BOUNDARY).pluck(),
    flavorsBetween: client.prepare<[{ types: string; after: FlavorId; upTo: FlavorId }], FlavorTypesRow>(
      withTypes('AND flavor_id > @after AND flavor_id <= @upTo'),
    ),
    flavorsOf: client.prepare<[{ types: string; ids: string }], FlavorTypesRow>(
      withTypes('AND flavor_id IN (SELECT value FROM json_each(@ids))'),
    ),
    accepted: client.prepare<[{ after: FlavorId; limit: number }], FlavorRow>(
      `SELECT ${ACCEPTED} FROM accepted_flavors f WHERE f.flavor_id > @after ORDER BY f.flavor_id LIMIT @limit`,
    ),
    acceptedOf: client.prepare<[{ ids: string }], FlavorRow>(
      `SELECT ${ACCEPTED} FROM accepted_flavors f WHERE f.flavor_id IN (SELECT value FROM json_each(@ids))
        ORDER BY f.flavor_id`,
    ),
    typesOf: client
      .prepare<[{ flavorId: FlavorId; after: ServiceType; limit: number }], ServiceType>(
        `SELECT service_type FROM registrations WHERE flavor_id = @flavorId AND service_type > @after
          ORDER BY service_type LIMIT @limit`,
      )
      .pluck(),
    serviceTypes: client.prepare<[{ after: ServiceType; limit: number }], ServiceTypeInUse>(
      `SELECT service_type AS serviceType, flavor_count AS flavorCount, changed_at AS changedAt FROM service_types
        WHERE service_type > @after ORDER BY service_type LIMIT @limit`,
    ),
    pairs: client.prepare<
      [{ type: ServiceType; id: FlavorId; limit: number }],
      { serviceType: ServiceType; flavorIds: string }
    >(PAIRS),
    idsOf: client
      .prepare<[{ type: ServiceType; id: FlavorId; limit: number }], string>(
        `SELECT json_group_array(flavor_id ORDER BY flavor_id) FROM (SELECT flavor_id FROM registrations
          WHERE service_type = @type AND flavor_id > @id ORDER BY flavor_id LIMIT @limit)`,
      )
      .pluck(),
  };
}

export type PieceStatements = ReturnType<typeof preparePieces>;

/** The least id, over all types, behind which a type has had @offset ids: up to there no type has more. Null: none has. */
const BOUNDARY = `SELECT min(id) FROM (SELECT (
  SELECT flavor_id FROM registrations WHERE service_type = types.value AND flavor_id > @after
  ORDER BY flavor_id LIMIT 1 OFFSET @offset) AS id FROM json_each(@types) AS types)`;

/** Ids by type, as one JSON array for each. */
const PAIRS = `SELECT service_type AS serviceType, json_group_array(flavor_id ORDER BY flavor_id) AS flavorIds FROM (
  SELECT service_type, flavor_id FROM registrations WHERE (service_type, flavor_id) > (@type, @id)
  ORDER BY service_type, flavor_id LIMIT @limit) GROUP BY service_type ORDER BY service_type`;

function withTypes(range: string): string {
  return `SELECT ${ACCEPTED}, r.types AS serviceTypes FROM (
    SELECT flavor_id, group_concat(service_type, ',' ORDER BY service_type) AS types FROM registrations
    WHERE service_type IN (SELECT value FROM json_each(@types)) ${range} GROUP BY flavor_id) AS r
    JOIN accepted_flavors AS f ON f.flavor_id = r.flavor_id ORDER BY f.flavor_id`;
}
