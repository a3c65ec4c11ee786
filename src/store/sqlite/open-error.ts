import { StoreOpenError } from '../store-open-error';
import { errorCode, sqliteCode, troubleBehind } from './sqlite-errors';

/** Why a registry file cannot be used, in one sentence. What is such a sentence already stays as it is. */
export function openError(path: string, error: unknown): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  const words =
    sqliteCode(error) === 'SQLITE_ERROR'
      ? 'does not have the tables that this version needs: restore it from a backup'
      : (troubleBehind(error)?.words ?? `cannot be opened (${errorCode(error) ?? 'see the cause'})`);
  return new StoreOpenError(`The registry file "${path}" ${words}.`, { cause: error });
}
