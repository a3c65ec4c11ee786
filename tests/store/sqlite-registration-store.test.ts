import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
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

  it('asks the file for its revision once in an iteration of the event loop, and anew after a read or in the next one', async () => {
    const registry = sqliteRegistry();
    const store = await registry.openStore();
    const other = new Database(registry.path);
    await setImmediate(); // from here on everything is in one iteration
    const before = store.revision();
    other.exec('CREATE TABLE another (id)');
    const meanwhile = store.revision();
    store.version();
    const afterRead = store.revision();
    for (let iteration = 0; iteration < 2; iteration += 1) await setImmediate();

    expect([meanwhile, afterRead].map((each) => each === before)).toEqual([true, false]); // never older than what was read
    expect(store.revision() === before).toBe(false);
    other.close();
    await registry.dispose();
  });
});
