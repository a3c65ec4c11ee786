import { requireStoreDriver } from '../../store/maintain-store';
import { StoreOpenError } from '../../store/store-open-error';
import type { Finding } from './finding';

/** What is to be said of SQLite's driver, which is no part of the registry: nothing, when it can be used. */
export function lookAtDriver(): Finding[] {
  try {
    requireStoreDriver();
    return [];
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    return [{ about: 'node', severity: 'fail', says: error.message, advice: 'The registry is looked at after that.' }];
  }
}
