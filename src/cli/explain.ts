import { ConfigError } from '../config/config-error';
import { describeError } from '../logger';
import { StoreOpenError } from '../store/store-open-error';

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
    const place = [error.address ?? error.hostname, error.port].filter((part) => part !== undefined).join(':');
    return `it cannot listen on ${place} (${error.code}). HOST and PORT, METRICS_HOST and METRICS_PORT choose other addresses.`;
  }
  return describeError(error).stack ?? String(error);
}

/** A name that cannot be looked up has no address. */
function isListenError(
  error: unknown,
): error is NodeJS.ErrnoException & { address?: string; hostname?: string; port?: number } {
  return error instanceof Error && 'syscall' in error && ['listen', 'getaddrinfo'].includes(String(error.syscall));
}
