import { startService } from '../compose';
import { readProcessConfig } from '../config/config';
import { ConfigError } from '../config/config-error';
import { createLogger, describeError, type Logger } from '../logger';
import { StoreOpenError } from '../store/store-open-error';

const SAME_SIGNAL_MS = 1000;

/** Serves until SIGTERM or SIGINT. A start that cannot go on says why in words and ends with 1. */
export async function serve(): Promise<void> {
  try {
    const config = readProcessConfig();
    const logger = createLogger(config.log);
    const service = await startService(config, logger);
    await signalled(logger);
    await service.close();
    logger.info('stopped');
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/**
 * Waits for the first signal. A second one ends the process at once; but not within a moment of the first, for npm
 * sends on the Ctrl-C that a terminal has sent already.
 */
async function signalled(logger: Logger): Promise<void> {
  await new Promise<void>((resolve) => {
    let firstAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (firstAt === undefined) {
        firstAt = Date.now();
        logger.info('stopping', { signal });
        resolve();
      } else if (Date.now() - firstAt > SAME_SIGNAL_MS) {
        process.exit(1);
      }
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  });
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
