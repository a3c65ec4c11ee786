import { RegisteredFlavorsError } from '../errors';
import { countLostLines, type Logger } from '../logger';
import type { KeptFlavors } from '../registrations/kept-flavors';
import type { RegistrationStore } from '../registrations/registration-store';
import { VERSION } from '../version';
import { type MetricsServer, serveMetrics } from './metrics-server';
import type { PrometheusMeter } from './prometheus-meter';

/** Of whom it is asked how things are, each time that metrics are. */
export interface Watched {
  readonly store: RegistrationStore;
  readonly keptFlavors: KeptFlavors;
  /** Which of Keystone and Nova do not work at this moment. */
  readonly away: () => readonly string[];
  readonly logger: Logger;
}

/**
 * Serves what is counted, and how things are, at a place of its own; undefined when there is none. Nova is not asked.
 * @throws Error with the system's code when it cannot listen there
 */
export async function exposeMetrics(
  place: { readonly host: string; readonly port: number } | undefined,
  meter: PrometheusMeter,
  { store, keptFlavors, away, logger }: Watched,
): Promise<MetricsServer | undefined> {
  if (place === undefined) return undefined;
  meter.collectProcess();
  meter.gauges('build_info', 'Always 1, for the version that this process runs.', 'version', () => ({ [VERSION]: 1 }));
  meter.counter('log_lines_lost_total', 'Lines of the log that did not get out: a full disk, or nobody reads.', () =>
    countLostLines(logger),
  );
  meter.gauges('upstream_away', '1 while the service has to do without Keystone or Nova.', 'service', () => ({
    keystone: Number(away().includes('keystone')),
    nova: Number(away().includes('nova')),
  }));
  meter.gauges('registry_usable', '1 while the registry can be used.', 'as', async () => ({
    current: (await whenUsable(() => (store.requireCurrent(), 1))) ?? 0,
  }));
  meter.gauges('registry', 'How many of what the registry holds.', 'of', () =>
    whenUsable(() => {
      const { registrations, flavors, serviceTypes } = store.measure();
      return { registrations, flavors, service_types: serviceTypes };
    }),
  );
  meter.gauges('registry_size_bytes', 'How large the file of the registry is.', 'of', () =>
    whenUsable(() => ({ file: store.sizeBytes() })),
  );
  meter.gauges('flavors', 'Registered flavors, by what Nova last said of them to any process.', 'status', () =>
    whenUsable(() => keptFlavors.count()),
  );
  const server = await serveMetrics(meter.registry, { ...place, logger });
  logger.info('metrics are served', { url: server.url });
  return server;
}

/** What the registry says; undefined while it cannot be used: that is told by a metric of its own. */
async function whenUsable<T>(look: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof RegisteredFlavorsError) return undefined;
    throw error;
  }
}
