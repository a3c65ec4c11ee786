import { setTimeout as sleep } from 'node:timers/promises';
import { type Service, startService } from '../compose';
import { readProcessConfig } from '../config/config';
import { unusedProxies } from '../config/unused-proxies';
import { createLogger, type Logger } from '../logger';
import { exitCodeOf, explain } from './explain';
import { boundHeapGrowth } from './heap-growth';
import { StopSignals } from './stop-signals';

/** What is still to be read of the log at the end is waited for so long, and no longer if nobody reads it. */
const LAST_LINES_MS = 500;

/** Serves until SIGTERM, SIGHUP, SIGQUIT or SIGINT. A start that cannot go on says why in words and ends with {@link exitCodeOf}. */
export async function serve(): Promise<void> {
  try {
    const config = readProcessConfig();
    boundHeapGrowth();
    const logger = createLogger(config.log);
    const signals = new StopSignals(logger);
    warnOfUnusedProxies(logger);
    for (const warning of config.warnings) logger.warn(warning);
    const service = await startService(config, logger);
    const signal = await signals.first();
    if (signal !== 'SIGINT') await drain(service, config.http.drainSeconds, logger);
    logger.info('closing', { atMostSeconds: config.http.shutdownSeconds });
    await service.close();
    logger.info('stopped');
    setTimeout(() => process.exit(), LAST_LINES_MS).unref();
  } catch (error) {
    process.stderr.write(`registered-flavors cannot start: ${explain(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

function warnOfUnusedProxies(logger: Logger): void {
  const ignored = unusedProxies();
  if (ignored.length === 0) return;
  logger.warn('proxies of the environment are not used: Keystone and Nova are asked directly', { ignored });
}

/** Gives load balancers the time to notice. Ctrl-C does without: nobody stands in front of a terminal's process. */
async function drain(service: Service, seconds: number, logger: Logger): Promise<void> {
  if (seconds === 0) return;
  service.drain();
  logger.info('draining: not ready any more, and serving on', { seconds });
  await sleep(seconds * 1000);
}
