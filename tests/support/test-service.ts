import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import winston from 'winston';
import type { Clock } from '../../src/clock';
import { startService } from '../../src/compose';
import { readConfig } from '../../src/config/config';

/** Nothing of what Nova said will do for a second read. */
export const REMEMBERS_NOTHING = {
  FLAVOR_TTL_SECONDS: '0',
  FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: '0',
  FLAVOR_MAX_STALE_SECONDS: '0',
};

/** Our service, running in this process on a port of its own, with a registry in a folder of its own. */
export interface TestService {
  /** Where it listens; another place after a restart. */
  readonly url: string;
  /** Where its metrics are; undefined when they are not served. */
  readonly metricsUrl: string | undefined;
  /** The registry's file. */
  readonly databaseFile: string;
  /** All that was logged so far, a line each. */
  readonly log: readonly string[];
  /** Stops it and starts it again on the same registry, with some settings changed; something may be done in between. */
  restart(changes?: Record<string, string>, meanwhile?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Starts the service as `npm start` would with this environment. Answers are checked against the contract. */
export async function startTestService(environment: Record<string, string>, clock?: Clock): Promise<TestService> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'registered-flavors-'));
  const databaseFile = path.join(folder, 'registry.db');
  const log: string[] = [];
  const settings = {
    PORT: '0',
    DATABASE_URL: `file:${databaseFile}`,
    VALIDATE_RESPONSES: 'true',
    SHUTDOWN_SECONDS: '0',
    UPSTREAM_PROBE_INTERVAL_MS: '20',
    ...environment,
  };
  const logger = loggerInto(log);
  let service = await startService(readConfig(settings), logger, clock);
  return {
    get url() {
      return service.url;
    },
    get metricsUrl() {
      return service.metricsUrl;
    },
    databaseFile,
    log,
    restart: async (changes = {}, meanwhile = async () => undefined) => {
      await service.close();
      await meanwhile();
      service = await startService(readConfig({ ...settings, ...changes }), logger, clock);
    },
    close: async () => {
      await service.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function loggerInto(lines: string[]): winston.Logger {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString('utf8').trimEnd());
      done();
    },
  });
  return winston.createLogger({
    format: winston.format.json(),
    transports: [new winston.transports.Stream({ stream })],
  });
}
