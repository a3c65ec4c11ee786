import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Service, startService } from '../../compose';
import { readConfig } from '../../config/config';
import { createLogger, type Logger } from '../../logger';
import { type StubCloud, startStubCloud } from '../../stub/stub-cloud';

/** Where the service listens when nobody says otherwise. */
export const USUAL_PORT = '8788';
const ANY_FREE_PORT = '0';
const ONE_DAY_SECONDS = 86_400;

/** Who asks the service; nobody has no token. */
export type Visitor = 'admin' | 'alice' | 'nobody';

/** A stub cloud and the real service on it, all in this process. */
export interface World {
  readonly cloud: StubCloud;
  readonly service: Service;
  readonly tokens: Readonly<Record<Exclude<Visitor, 'nobody'>, string>>;
  /** Says nothing until told otherwise. */
  readonly logger: Logger;
  /** Ends everything and removes every trace. */
  close(): Promise<void>;
}

/**
 * Starts the stub Keystone and Nova, and the service with its registry in a temporary folder: on its usual port, or on
 * any when that one is taken.
 */
export async function openWorld(): Promise<World> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'registered-flavors-demo-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const cloud = await startStubCloud({ tokenLifetimeSeconds: ONE_DAY_SECONDS });
    closers.push(() => cloud.close());
    const logger = createLogger({ level: 'info', format: 'text' });
    logger.silent = true;
    const service = await startOnUsualPort(settingsFor(cloud, folder), logger);
    closers.push(() => service.close());
    const tokens = { admin: cloud.keystone.tokenFor('admin'), alice: cloud.keystone.tokenFor('alice') };
    return { cloud, service, tokens, logger, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What an operator would put into the environment. */
function settingsFor(cloud: StubCloud, folder: string): Record<string, string> {
  const { username, password, projectName } = cloud.keystone.credentials('flavorsvc');
  return {
    DATABASE_URL: `file:${path.join(folder, 'registered-flavors.db')}`,
    OS_AUTH_URL: cloud.authUrl,
    OS_USERNAME: username,
    OS_PASSWORD: password,
    OS_PROJECT_NAME: projectName,
    FLAVOR_STALE_WHILE_REVALIDATE_SECONDS: '0',
    FLAVOR_TTL_SECONDS: '0', // the story deletes a flavor in Nova and wants that seen at once
    SHUTDOWN_SECONDS: '1',
    VALIDATE_RESPONSES: 'true', // an answer that is not as the contract says becomes a 500, and the story notices
  };
}

async function startOnUsualPort(settings: Record<string, string>, logger: Logger): Promise<Service> {
  try {
    return await startService(readConfig({ ...settings, PORT: USUAL_PORT }), logger);
  } catch (error) {
    if (!isTaken(error)) throw error;
    return startService(readConfig({ ...settings, PORT: ANY_FREE_PORT }), logger);
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
