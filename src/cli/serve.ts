import { setTimeout as sleep } from 'node:timers/promises';
import { type Service, startService } from '../compose';
import { readProcessConfig } from '../config/config';
import { ConfigError } from '../config/config-error';
import { createLogger, describeError, type Logger } from '../logger';
import { StoreOpenError } from '../store/store-open-error';
import { StopSignals } from './stop-signals';

/** Serves until SIGTERM or SIGINT. A start that cannot go on says why in words and ends with 1. */
export async function serve(): Promise<void> {
  try {
    const config = readProcessConfig();
    const logger = createLogger(config.log);
    const signals = new StopSignals(logger);
    const service = await startService(config, logger);
    const signal = await signals.first();
    if (signal === 'SIGTERM') await drain(service, config.http.drainSeconds, logger);
    logger.info('closing', { atMostSeconds: config.http.shutdownSeconds });
    await service.close();
    logger.info('stopped');
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/** Gives load balancers the time to notice. Ctrl-C does without: nobody stands in front of a terminal's process. */
async function drain(service: Service, seconds: number, logger: Logger): Promise<void> {
  if (seconds === 0) return;
  service.drain();
  logger.info('draining: not ready any more, and serving on', { seconds });
  await sleep(seconds * 1000);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) {
    return [
      'registered-flavors cannot start: its settings are not right.',
      ...error.mistakes.map((mistake) => `  - ${mistake}`),
      'Settings are environment variables, or lines of a file .env; .env.example explains each.',
      'To see the service at work without any OpenStack: npm run demo',
    ].join('\n');
  }
  if (error instanceof StoreOpenError) return `registered-flavors cannot start: ${error.message}`;
  if (isListenError(error)) {
    return `registered-flavors cannot start: it cannot listen on ${error.address}:${error.port} (${error.code}). HOST and PORT choose another address.`;
  }
  return `registered-flavors cannot start: ${describeError(error).stack ?? String(error)}`;
}

function isListenError(error: unknown): error is NodeJS.ErrnoException & { address: string; port: number } {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}
