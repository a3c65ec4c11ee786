import { rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { RegistrationStore } from '../../src/registrations/registration-store';
import { flavors, numbered, provenance } from './examples';
import { type SqliteRegistry, sqliteRegistry } from './sqlite-registry';

describe('whether the registry is current', () => {
  let registry: SqliteRegistry;
  let store: RegistrationStore;
  beforeEach(async () => {
    registry = sqliteRegistry();
    store = await registry.openStore();
  });
  afterEach(() => registry.dispose());

  /** What somebody else does to the file meanwhile. */
  function change(sql: string): void {
    const client = new Database(registry.path);
    client.pragma('foreign_keys = OFF');
    client.exec(sql);
    client.close();
  }

  const check = () => store.requireCurrent();
  const failure = (code: string, detail: RegExp) =>
    expect.objectContaining({
      kind: 'unavailable',
      problems: [{ code: `registered-flavors.registry.${code}`, detail: expect.stringMatching(detail) as string }],
      retryAfterSeconds: 60,
    }) as Error;

  it('it is when it is empty, when it is in use, and when another process of this version opens it', async () => {
    expect(check).not.toThrow();
    const other = await registry.openStore();
    await other.register(['redis'], flavors('1'), provenance());
    expect(check).not.toThrow();
    await other.deregister(['redis'], ['1'], provenance());
    expect(check).not.toThrow();
  });

  it('it is not once a newer version has migrated it, and is again when that is undone', () => {
    change(
      "CREATE TABLE colours (name text) STRICT; INSERT INTO __drizzle_migrations VALUES (99, 'newer', 4102444800000)",
    );
    expect(check).toThrow(failure('not_current', /^A newer version of this service has migrated the registry/));
    change('DELETE FROM __drizzle_migrations WHERE id = 99');
    expect(check).not.toThrow();
  });

  it('it is not when it lacks migrations, as after the content of an older file was put into it', () => {
    change('DELETE FROM __drizzle_migrations');
    expect(check).toThrow(failure('not_current', /lacks migrations/));
  });

  it.each(['registrations', 'accepted_flavors', 'kept_flavors', '__drizzle_migrations'])(
    'it is not without the table %s',
    (table) => {
      change(`ALTER TABLE ${table} RENAME TO elsewhere`);
      expect(check).toThrow(failure('not_current', /has lost tables/));
      change(`ALTER TABLE elsewhere RENAME TO ${table}`);
      expect(check).not.toThrow();
    },
  );

  it('it cannot be told of a file that is gone, replaced or closed', async () => {
    rmSync(registry.path);
    expect(check).toThrow(failure('unavailable', /moved or replaced/));
    await registry.openStore();
    expect(check).toThrow(failure('unavailable', /moved or replaced/));
    await store.close();
    expect(check).toThrow(expect.objectContaining({ kind: 'unavailable' }) as Error);
  });

  it('it cannot be told of a file that is damaged', async () => {
    await store.register(numbered('type-', 10), flavors(...numbered('id-', 500)), provenance());
    await store.close(); // what was written moves into the file
    store = await registry.openStore();
    writeFileSync(registry.path, Buffer.alloc(4096 * 64, 0x5a), { flag: 'r+' });
    expect(check).toThrow(failure('unavailable', /damaged|not an SQLite database/));
  });
});
