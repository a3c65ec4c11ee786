import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename } from 'node:path';
import Database from 'better-sqlite3';
import { backUp } from '../../src/store/sqlite/back-up';
import { inspectRegistry } from '../../src/store/sqlite/inspect-registry';
import { openSqliteDatabase } from '../../src/store/sqlite/open-sqlite-database';
import { restore } from '../../src/store/sqlite/restore';
import { SqliteRegistrationStore } from '../../src/store/sqlite/sqlite-registration-store';
import { documentOf, flavors, numbered, provenance } from './examples';
import { temporaryFolder } from './temporary-folder';

const NOW = new Date('2026-11-25T03:04:05.678Z');

describe('a registry file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let backup: string;
  let store: SqliteRegistrationStore;

  const open = async () => new SqliteRegistrationStore(await openSqliteDatabase(path));
  const contents = async () => await documentOf(store);
  const change = (file: string, sql: string) => {
    const client = new Database(file);
    client.pragma('foreign_keys = OFF');
    client.exec(sql);
    client.close();
  };
  const damage = (file: string) => {
    const client = new Database(file, { readonly: true });
    const page = client.prepare("SELECT pageno FROM dbstat WHERE name = 'registrations'").pluck().get() as number;
    client.close();
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(2048, 0xff), 0, 2048, (page - 1) * 4096);
    closeSync(handle);
  };

  beforeEach(async () => {
    folder = temporaryFolder();
    path = folder.in('registry.db');
    backup = folder.in('backup.db');
    store = await open();
    await store.register(['redis', 'mysql'], flavors('1', '2'), provenance());
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });

  describe('that is inspected', () => {
    it('tells what it holds, also while a service writes to it', () => {
      expect(inspectRegistry(path)).toEqual({
        ...{ path, bytes: 10 * 4096, missingMigrations: 0, newerMigrations: 0, damage: [] },
        contents: { registrations: 4, flavors: 2, serviceTypes: 2, events: 4 },
      });
      expect(inspectRegistry(folder.in('none'))).toBeUndefined();
    });

    it.each([
      [
        "INSERT INTO accepted_flavors SELECT 'orphan', name, 1, 1, 1, 0, 0, 1, 0 FROM accepted_flavors LIMIT 1",
        '1 flavors are kept without',
      ],
      ["UPDATE service_types SET flavor_count = 7 WHERE service_type = 'redis'", '1 service types have another number'],
      ["INSERT INTO service_types VALUES ('none', 1, 0)", '1 service types have another number'],
      ["DELETE FROM accepted_flavors WHERE flavor_id = '1'", '2 rows refer to others that are not there'],
    ])('tells what has been changed by hand: %s', (sql, finding) => {
      change(path, sql);
      expect(inspectRegistry(path)!.damage).toEqual([expect.stringContaining(finding)]);
    });

    it('tells of damage, and of migrations that it lacks or has too many of', async () => {
      change(path, 'DELETE FROM __drizzle_migrations WHERE id > 3');
      expect(inspectRegistry(path)).toMatchObject({ missingMigrations: 1, newerMigrations: 0, contents: undefined });
      change(path, "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 9999999999999)");
      expect(inspectRegistry(path)).toMatchObject({ missingMigrations: 1, newerMigrations: 1 });
      await store.close();
      damage(path);
      expect(inspectRegistry(path)!.damage).not.toEqual([]);
    });

    it.each([
      ['is not an SQLite database', (file: string) => writeFileSync(file, 'x'.repeat(5000))],
      ['is a database of another program', (file: string) => change(file, 'CREATE TABLE theirs (a)')],
    ])('says that it %s', (what, make) => {
      make(backup);
      expect(() => inspectRegistry(backup)).toThrow(what);
    });
  });

  describe('that is backed up', () => {
    it('is copied as it is at one moment, while others write', async () => {
      const writes = (async () => {
        for (let round = 0; round < 20; round += 1) {
          await store.register(numbered('type-', 10), flavors(...numbered(`r${round}-`, 20)), provenance());
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 20));
      const { contents: copied } = backUp(path, backup);
      await writes;
      expect([(copied!.registrations - 4) % 200, copied!.events]).toEqual([0, copied!.registrations]);
      expect(inspectRegistry(backup)!.damage).toEqual([]);
      expect(readdirSync(folder.path).filter((name) => name.startsWith('backup'))).toEqual(['backup.db']);
    });

    it.each([0o600, 0o640, 0o660, 0o604, 0o400])('can be read by nobody who may not read the registry (%i)', (mode) => {
      const umask = process.umask(0);
      try {
        chmodSync(path, mode);
        backUp(path, backup);
        expect(statSync(backup).mode & 0o777).toBe(mode | 0o600);
      } finally {
        process.umask(umask);
      }
    });

    const asRoot = process.getuid?.() === 0 ? it : it.skip;
    asRoot('can be read by no other group than the registry (skipped unless root runs the tests)', () => {
      chownSync(path, 0, 12_345);
      chmodSync(path, 0o660);
      backUp(path, backup);
      expect(statSync(backup).mode & 0o777).toBe(0o600);
    });

    it('does not take the place of anything, and leaves nothing half done', async () => {
      writeFileSync(backup, 'precious');
      expect(() => backUp(path, backup)).toThrow(`There is something at "${backup}" already: name another file.`);
      expect(() => backUp(folder.in('none'), folder.in('b'))).toThrow('There is no registry file');
      expect(() => backUp(path, '')).toThrow('The backup needs a name.');
      for (const target of ['none/b', 'backup.db/b'])
        expect(() => backUp(path, folder.in(target))).toThrow(/^There is no folder ".*" for the backup\.$/);
      const name = 'b'.repeat(245); // a name that is too long with .part behind it: what fails is the copy
      expect(() => backUp(path, folder.in(`${name}.long`))).toThrow(/^The copy ".*b\.long\.part" cannot be opened/);
      await store.close();
      damage(path);
      expect(() => backUp(path, folder.in('b'))).toThrow(/damaged|malformed/);
      expect(readdirSync(folder.path).filter((name) => name.startsWith('b') && name !== 'backup.db')).toEqual([]);
    });
  });

  describe('that is restored', () => {
    it('is what was backed up; what was there is kept beside it', async () => {
      const before = await contents();
      backUp(path, backup);
      await store.register(['kafka'], flavors('3'), provenance());
      await store.close();
      const { replaced, inspection } = restore(path, backup, NOW);
      expect([replaced, inspection.contents!.registrations]).toEqual([`${path}.replaced-2026-11-25T030405678Z`, 4]);
      expect(inspectRegistry(replaced!)!.contents!.registrations).toBe(5);
      store = await open();
      expect(await contents()).toEqual(before);
      expect(existsSync(backup)).toBe(true);
    });

    it('may be gone, or damaged: that is what it is for', async () => {
      backUp(path, backup);
      await store.close();
      damage(path);
      restore(path, backup, NOW);
      expect(inspectRegistry(path)!.damage).toEqual([]);
      const elsewhere = folder.in('another.db');
      expect(restore(elsewhere, backup, NOW).replaced).toBeUndefined();
      expect(inspectRegistry(elsewhere)!.contents!.registrations).toBe(4);
      const fresh = folder.in('a/fresh/host.db');
      restore(fresh, backup, NOW);
      expect(inspectRegistry(fresh)!.contents!.registrations).toBe(4);
      writeFileSync(elsewhere, 'x'.repeat(5000));
      restore(elsewhere, backup, NOW);
      expect(inspectRegistry(elsewhere)!.contents!.registrations).toBe(4);
      store = await open();
    });

    it('does not get a log that was left alone', async () => {
      const before = await contents();
      backUp(path, backup);
      await store.register(['kafka'], flavors('3', '4'), provenance());
      copyFileSync(`${path}-wal`, folder.in('left')); // as a service leaves it that is killed
      await store.close();
      rmSync(path);
      renameSync(folder.in('left'), `${path}-wal`);
      const { replaced } = restore(path, backup, NOW);
      expect(readdirSync(folder.path).filter((name) => name.endsWith('-wal'))).toEqual([`${basename(replaced!)}-wal`]);
      store = await open();
      expect([await contents(), inspectRegistry(path)!.damage]).toEqual([before, []]);
    });

    it('keeps the rights of the file that it replaces', async () => {
      backUp(path, backup);
      await store.close();
      copyFileSync(backup, path);
      const { mode } = statSync(path);
      const other = new Database(path);
      other.close();
      restore(path, backup, NOW);
      expect(statSync(path).mode).toBe(mode);
      store = await open();
    });

    it.each<[string, string, () => void]>([
      ['while a service has it open', 'open: stop it first. Nothing was changed.', () => backUp(path, backup)],
      ['from nothing', 'There is no file', () => undefined],
      ['from an empty file', 'is not a backup: it is no file, or empty.', () => writeFileSync(backup, '')],
      ['from a folder', 'is not a backup: it is no file, or empty.', () => mkdirSync(backup)],
      ['from itself', 'is the registry itself.', () => symlinkSync(path, backup)],
      [
        'from what is none of ours',
        'is a database of another program',
        () => change(backup, 'CREATE TABLE theirs (a)'),
      ],
      [
        'from a newer version',
        'was written by a newer version of this service: restore it with that.',
        () => {
          backUp(path, backup);
          change(backup, "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('x', 9999999999999)");
        },
      ],
      [
        'from what is damaged',
        'damaged',
        () => {
          backUp(path, backup);
          damage(backup);
        },
      ],
    ])('is refused %s, and all stays as it is', async (_when, reason, prepare) => {
      prepare();
      const before = await contents();
      expect(() => restore(path, backup, NOW)).toThrow(reason);
      expect(await contents()).toEqual(before);
      expect(readdirSync(folder.path).filter((name) => /restoring|replaced/.test(name))).toEqual([]);
    });
  });
});
