import { itRemembersEvents } from './registration-events.conformance';
import { itRewritesRegistrations } from './registration-rewriting.conformance';
import { itIsARegistrationStore } from './registration-store.conformance';
import { itReadsRegistrations } from './registration-store-reading.conformance';
import { sqliteRegistry } from './sqlite-registry';

describe('SqliteRegistrationStore', () => {
  itIsARegistrationStore(async () => sqliteRegistry());
  itReadsRegistrations(async () => sqliteRegistry());
  itRewritesRegistrations(async () => sqliteRegistry());
  itRemembersEvents(async () => sqliteRegistry());
});
