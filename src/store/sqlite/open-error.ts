import { StoreOpenError } from '../store-open-error';
import { missingRights } from './registry-place';
import { errorCode, isDamaged, sqliteCode, troubleBehind } from './sqlite-errors';

/** What the system says when a right is missing, and SQLite with it. */
const REFUSED = /^(SQLITE_(READONLY|CANTOPEN|PERM)|EACCES$|EPERM$|EROFS$)/;

/** Why a registry file cannot be used, in one sentence. What is such a sentence already stays as it is. */
export function openError(path: string, error: unknown): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  return new StoreOpenError(`The registry file "${path}" ${wordsFor(path, error)}.`, {
    ...{ cause: error, isDamage: isDamaged(error) },
  });
}

function wordsFor(path: string, error: unknown): string {
  const code = sqliteCode(error) ?? errorCode(error);
  if (code === 'SQLITE_ERROR') return 'does not have the tables that this version needs: restore it from a backup';
  const missing = REFUSED.test(code ?? '') ? missingRights(path) : undefined;
  return missing ?? troubleBehind(error)?.words ?? `cannot be opened (${code ?? 'see the cause'})`;
}
