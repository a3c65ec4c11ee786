import Database from 'better-sqlite3';

/** What is wrong with a registry: damage, and pairs whose last event does not say whether they stand. */
export function registryFaults(file: string): string[] {
  const registry = new Database(file, { readonly: true });
  try {
    const integrity = registry.pragma('integrity_check', { simple: true });
    const disagreeing = registry
      .prepare<[], string>(
        `WITH last AS (
           SELECT service_type, flavor_id, action, max(id) FROM registration_events
            WHERE action <> 'size_accepted' GROUP BY service_type, flavor_id)
         SELECT service_type || ' ' || flavor_id FROM last LEFT JOIN registrations USING (service_type, flavor_id)
          WHERE (action = 'registered') <> (request_id IS NOT NULL)
          UNION ALL
         SELECT service_type || ' ' || flavor_id FROM registrations LEFT JOIN last USING (service_type, flavor_id)
          WHERE action IS NULL`,
      )
      .pluck()
      .all();
    return [
      ...(integrity === 'ok' ? [] : [`the registry is damaged: ${String(integrity)}`]),
      ...disagreeing.map((pair) => `the events of ${pair} do not say whether it stands`),
    ];
  } finally {
    registry.close();
  }
}
