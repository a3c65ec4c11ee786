import { itIsARegistrationStore } from './registration-store.conformance';
import { sqliteRegistry } from './sqlite-registry';

describe('SqliteRegistrationStore', () => {
  itIsARegistrationStore(async () => sqliteRegistry());
});
