import { resolve } from 'node:path';
import { StoreOpenError } from './store-open-error';

/**
 * The file that a DATABASE_URL names.
 * @throws StoreOpenError when it names none
 */
export function registryPath(databaseUrl: string): string {
  if (!databaseUrl.startsWith('file:')) {
    throw new StoreOpenError('DATABASE_URL must begin with "file:" and name a file, like file:data/registry.db.');
  }
  const named = databaseUrl.slice('file:'.length);
  const path = named.startsWith('///') ? named.slice(2) : named;
  if (path === '' || path.startsWith('//') || path.endsWith('/') || path === ':memory:' || /[?#\0]/.test(path)) {
    throw new StoreOpenError(
      `DATABASE_URL must name a file after "file:", without a host or parameters, like file:data/registry.db; ` +
        `it is "${databaseUrl}".`,
    );
  }
  if (path.startsWith('~')) {
    throw new StoreOpenError(
      `DATABASE_URL is "${databaseUrl}": "~" is a home folder to a shell, and not here. ` +
        'Write the whole path (file:/home/...), or file:./~... for a folder of that name.',
    );
  }
  return resolve(path);
}
