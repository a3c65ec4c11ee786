import path from 'node:path';
import type { StubCloud } from '../../src/stub/stub-cloud';
import { ServiceProcess } from './service-process';
import { stubEnvironment } from './stub-world';

/** Two services, each in a process of its own, that share one registry file. */
export interface ServicesOnOneRegistry {
  readonly services: readonly [ServiceProcess, ServiceProcess];
  readonly databaseFile: string;
  /** Stops both, and answers with their exit codes. */
  stop(): Promise<(number | string | null)[]>;
}

export async function startServicesOnOneRegistry(
  stub: StubCloud,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServicesOnOneRegistry> {
  const own = { ...stubEnvironment(stub), ...environment };
  const first = await ServiceProcess.start(own);
  const databaseFile = path.join(first.folder, 'data', 'registered-flavors.db');
  const second = await ServiceProcess.start({ ...own, DATABASE_URL: `file:${databaseFile}` });
  // The second one first: the file is in the other's folder.
  const stop = async () => [await second.stop(), await first.stop()];
  return { services: [first, second], databaseFile, stop };
}
