import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { AS_IN_DEPLOY } from '../bench/cloud';
import { type Program, ServiceProcess } from '../support/service-process';
import { stubEnvironment } from '../support/stub-world';
import { Ledger } from './ledger';
import { createFlavors, write } from './write';

const WRITERS = 6;
const LONGER_THAN_ANY_RUN = 7 * 24 * 3600;

/** Two services on one registry, while six writers change it at random. */
export interface TwoServices {
  readonly cloud: StubCloud;
  /** Those that run now. */
  readonly services: ServiceProcess[];
  readonly ledger: Ledger;
  /** Starts one again that has ended. */
  start(index: number): Promise<void>;
}

/** Runs `work` while the writers go on; then ends all, and holds the registry against the ledger once more. */
export async function withTwoServices<T>(program: Program, work: (here: TwoServices) => Promise<T>): Promise<T> {
  const cloud = await startStubCloud({ tokenLifetimeSeconds: LONGER_THAN_ANY_RUN });
  createFlavors(cloud);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'torture-'));
  const databaseFile = path.join(folder, 'registry.db');
  const environment = {
    ...{ ...stubEnvironment(cloud), DATABASE_URL: `file:${databaseFile}` },
    ...{ ...AS_IN_DEPLOY, LOG_LEVEL: 'info', SHUTDOWN_SECONDS: '2' },
  };
  const start = () => ServiceProcess.start(environment, program);
  const services = await Promise.all([start(), start()]);
  const ledger = new Ledger(databaseFile);
  const stop = new AbortController();
  const writers = Array.from({ length: WRITERS }, () => write(cloud, services, ledger, stop.signal));
  let result: T;
  try {
    const again = async (index: number) => void (services[index] = await start());
    result = await work({ cloud, services, ledger, start: again });
  } finally {
    stop.abort();
    await Promise.all(writers);
    for (const service of services) await service.stop();
    await cloud.close();
  }
  ledger.check();
  rmSync(folder, { recursive: true });
  return result;
}
