import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';
import { openStore } from '../../src/store/open-store';
import { openSqliteDatabase } from '../../src/store/sqlite/open-sqlite-database';
import { StoreProcess } from './store-process';
import { flavors, numbered, provenance } from './examples';
import { temporaryFolder } from './temporary-folder';

describe('openStore', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = folder.in('registry.db');
  });
  afterEach(() => folder.remove());

  /** What a start says that must not succeed. */
  async function refusal(databaseUrl = `file:${path}`, migrationsFolder?: string): Promise<string> {
    const outcome = await openStore({ databaseUrl, ...(migrationsFolder && { migrationsFolder }) }).catch(
      (error: Error) => error,
    );
    if (!(outcome instanceof Error)) await outcome.registrations.close();
    expect(outcome).toMatchObject({ name: 'StoreOpenError' });
    return (outcome as Error).message;
  }

  async function fill(count: number): Promise<void> {
    const { registrations: store } = await openStore({ databaseUrl: `file:${path}` });
    await store.register(['redis'], flavors(...numbered('id-', count)), provenance());
    await store.close();
  }

  function change(sql: string): void {
    const client = new Database(path);
    client.exec(sql);
    client.close();
  }

  it.each([
    ['an absolute path', (file: string) => `file:${file}`],
    ['an absolute path as in a URL', (file: string) => `file://${file}`],
    ['a relative path', (file: string) => `file:${relative(process.cwd(), file)}`],
  ])('takes %s and makes the file with its folders', async (_, urlOf) => {
    const file = folder.in('some', 'new folder', 'registry.db');
    const { registrations: store } = await openStore({ databaseUrl: urlOf(file) });
    expect(existsSync(file)).toBe(true);
    await store.close();
  });

  it('gives everything back at the end: one file is left', async () => {
    await fill(1);
    expect([existsSync(path), existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([true, false, false]);
  });

  it('works with a write-ahead log, full synchronisation, foreign keys and a wait that holds nobody up', async () => {
    const database = await openSqliteDatabase(path);
    const names = ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout', 'query_only'];
    const [writing, reading] = [database.writer, database].map(({ client }) =>
      names.map((name) => client.pragma(name, { simple: true })),
    );
    await database.close();
    expect(writing).toEqual(['wal', 2, 1, 10, 0]);
    expect([reading?.[0], ...reading!.slice(3)]).toEqual(['wal', 10, 1]); // and nothing is ever written there
  });

  describe('refuses in one sentence', () => {
    it.each(['', 'registry.db', '/data/registry.db', 'mysql://user:secret@host/db', ':memory:', 'FILE:x.db'])(
      'the URL %p, without repeating it',
      async (url) => {
        expect(await refusal(url)).toBe(
          'DATABASE_URL must begin with "file:" and name a file, like file:data/registry.db.',
        );
      },
    );

    it.each(['file:', 'file::memory:', 'file://host/x.db', 'file:data/', 'file:x.db?mode=ro', 'file:x.db#y'])(
      'the URL %p, which names no file',
      async (url) => {
        expect(await refusal(url)).toBe(
          `DATABASE_URL must name a file after "file:", without a host or parameters, like file:data/registry.db; it is "${url}".`,
        );
      },
    );

    it.each(['file:~/x.db', 'file:~operator/x.db'])('the URL %p, whose home folder only a shell knows', async (url) => {
      expect(await refusal(url)).toBe(
        `DATABASE_URL is "${url}": "~" is a home folder to a shell, and not here. ` +
          'Write the whole path (file:/home/...), or file:./~... for a folder of that name.',
      );
    });

    it('a folder', async () => {
      mkdirSync(path);
      expect(await refusal()).toBe(`The registry file "${path}" is a folder.`);
    });

    it('a path beneath a file', async () => {
      writeFileSync(folder.in('file'), '');
      expect(await refusal(`file:${folder.in('file', 'folder', 'x.db')}`)).toBe(
        `The folder "${folder.in('file', 'folder')}" of the registry file cannot be made: a part of the path is a file.`,
      );
      expect(await refusal(`file:${folder.in('file', 'x.db')}`)).toBe(
        `The folder "${folder.in('file')}" of the registry file cannot be made: a part of the path is a file.`,
      );
    });

    it('a place where no file can be made', async () => {
      expect(await refusal('file:/proc/self/registry.db')).toBe(
        'The registry file "/proc/self/registry.db" cannot be written: nobody may change "/proc/self" ' +
          '(chattr -i, where lsattr shows it as immutable).',
      );
    });

    it.each([
      ['short', 'hello'],
      ['long', 'hello world '.repeat(10_000)],
    ])('a %s file of something else, and leaves it as it is', async (_, content) => {
      writeFileSync(path, content);
      expect(await refusal()).toBe(`The registry file "${path}" is not an SQLite database.`);
      expect(readFileSync(path, 'utf8')).toBe(content);
    });

    it.each([
      ['cut in half', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
      ['overwritten after its first page', (whole: Buffer) => Buffer.from(whole).fill(0xff, 4096)],
    ])('a registry that was %s', async (_, damage) => {
      await fill(500);
      writeFileSync(path, damage(readFileSync(path)));
      expect(await refusal()).toBe(`The registry file "${path}" is damaged and has to be restored from a backup.`);
    });

    it('a database of another program, and leaves it as it is', async () => {
      change('CREATE TABLE notes (text TEXT); CREATE TABLE registrations (x)');
      const before = readFileSync(path);
      expect(await refusal()).toBe(
        `The registry file "${path}" is a database of another program; DATABASE_URL must name a file of its own.`,
      );
      expect(readFileSync(path).equals(before)).toBe(true);
    });

    it('a registry that a newer version has written', async () => {
      await fill(1);
      change("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('future', 32503680000000)");
      expect(await refusal()).toBe(`The registry file "${path}" was written by a newer version of this service.`);
      expect(existsSync(`${path}-wal`)).toBe(false);
    });

    it('a registry without one of its columns', async () => {
      await fill(1);
      change('ALTER TABLE registrations DROP COLUMN request_id');
      expect(await refusal()).toBe(
        `The registry file "${path}" does not have the tables that this version needs: restore it from a backup.`,
      );
    });

    it('to run without its migrations', async () => {
      const missing = folder.in('nowhere');
      const sentence = `The migrations folder "${missing}" is missing or incomplete: install the service anew.`;
      expect(await refusal(undefined, missing)).toBe(sentence);
      cpSync(join(__dirname, '../../drizzle/sqlite'), missing, { recursive: true });
      rmSync(join(missing, '0000_registrations.sql'));
      expect(await refusal(undefined, missing)).toBe(sentence);
    });
  });

  it('refuses a file, a folder or a parent folder that it may not write', async () => {
    const migrationsFolder = folder.in('migrations');
    cpSync(join(__dirname, '../../drizzle/sqlite'), migrationsFolder, { recursive: true });
    await fill(1);
    const inner = folder.in('inner');
    mkdirSync(inner, { mode: 0o555 });
    chmodSync(path, 0o444);
    chmodSync(folder.path, 0o555);
    const other = await StoreProcess.start();
    try {
      await other.tell({ do: 'become nobody' });
      const open = (file: string) => other.tell({ do: 'open', databaseUrl: `file:${file}`, migrationsFolder });
      expect([await open(path), await open(join(inner, 'x.db')), await open(folder.in('new', 'x.db'))]).toEqual([
        expect.stringContaining(`"${folder.path}" belongs to uid`),
        expect.stringMatching(
          /^StoreOpenError: The registry file ".*inner\/x.db" may not be used by .* with mode 0555\. /,
        ),
        `StoreOpenError: The folder "${folder.in('new')}" of the registry file cannot be made: permission denied.`,
      ]);
    } finally {
      await other.kill();
      chmodSync(folder.path, 0o755);
    }
  });
});
