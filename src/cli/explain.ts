import { ConfigError } from '../config/config-error';
import { EXIT_CODE } from '../exit-code';
import { describeError } from '../logger';
import { StoreOpenError } from '../store/store-open-error';

/** How a command ends that has failed so: wrong settings are told apart, for a process manager need not start again. */
export function exitCodeOf(error: unknown): number {
  return error instanceof ConfigError ? EXIT_CODE.misconfigured : EXIT_CODE.failure;
}

/** What has gone wrong with a command, in words for whoever gave it; a defect with its stack. */
export function explain(error: unknown): string {
  if (error instanceof ConfigError) {
    return [
      'its settings are not right.',
      ...error.mistakes.map((mistake) => `  - ${mistake}`),
      'Settings are environment variables, or lines of a file .env; .env.example explains each.',
      'To see the service at work without any OpenStack: npm run demo',
    ].join('\n');
  }
  if (error instanceof StoreOpenError) return error.message;
  if (isListenError(error)) {
    return `it cannot listen on ${error.address}:${error.port} (${error.code}). HOST and PORT, METRICS_HOST and METRICS_PORT choose other addresses.`;
  }
  return describeError(error).stack ?? String(error);
}

function isListenError(error: unknown): error is NodeJS.ErrnoException & { address: string; port: number } {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}
