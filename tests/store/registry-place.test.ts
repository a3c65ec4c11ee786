import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { backUp } from '../../src/store/sqlite/back-up';
import { inspectRegistry } from '../../src/store/sqlite/inspect-registry';
import { openSqliteDatabase } from '../../src/store/sqlite/open-sqlite-database';
import { takeRights } from '../../src/store/sqlite/registry-owner';
import { isMountedAlone } from '../../src/store/sqlite/mounts';
import { restore } from '../../src/store/sqlite/restore';
import { mayMount } from '../torture/registry-trouble';
import { StoreProcess } from './store-process';
import { temporaryFolder } from './temporary-folder';

const NOBODY = 65_534;
const GROUP = 12_345;
const asRoot = process.getuid?.() === 0 ? describe : describe.skip;
const whereMountable = mayMount() ? describe : describe.skip;

const make = async (path: string) => (await openSqliteDatabase(path)).close();
const rightsOf = (path: string) => {
  const { uid, gid, mode } = statSync(path);
  return { uid, gid, mode: (mode & 0o7777).toString(8) };
};

asRoot("root and the service's user (skipped unless root runs the tests)", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let data: string;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    data = folder.in('data');
    path = join(data, 'registry.db');
    chmodSync(folder.path, 0o755);
    mkdirSync(data);
    chownSync(data, NOBODY, NOBODY);
    cpSync(join(__dirname, '../../drizzle/sqlite'), folder.in('migrations'), { recursive: true });
  });
  afterEach(() => folder.remove());

  /** What a service of that user says when it starts there; it registers something when it can. */
  async function startAsNobody(): Promise<unknown> {
    const other = await StoreProcess.start();
    try {
      await other.tell({ do: 'become nobody' });
      const open = { do: 'open', databaseUrl: `file:${path}`, migrationsFolder: folder.in('migrations') } as const;
      const opened = await other.tell(open);
      if (opened !== 'opened') return opened;
      const registered = await other.tell({ do: 'register', serviceTypes: ['redis'], flavorIds: ['1'] });
      await other.tell({ do: 'close' });
      return registered;
    } finally {
      await other.kill();
    }
  }

  it.each([
    ['the registry', '', 0o644],
    ['its write-ahead log', '-wal', 0o600],
    ['the index of that', '-shm', 0o600],
    ['its lock', '-lock', 0o644],
  ])('do not start where %s may not be written: it is said whose it is', async (_what, end, mode) => {
    await make(path);
    writeFileSync(path + end, '', { flag: 'a' });
    chmodSync(path + end, mode);
    chownSync(path + end, 0, 0);
    expect(await startAsNobody()).toBe(
      `StoreOpenError: The registry file "${path}" may not be used by the user of this process (uid 65534, gid 0): ` +
        `"${path}${end}" belongs to uid 0, gid 0, with mode ${mode.toString(8).padStart(4, '0')}. ` +
        'Run this as the user of the service, or give that user the file (chown).',
    );
  });

  it('do not start where nothing can be made beside the registry', async () => {
    await make(path);
    chownSync(data, 0, 0);
    expect(await startAsNobody()).toContain(`"${data}" belongs to uid 0, gid 0, with mode 0755`);
  });

  it('share what root makes: a registry, its folder, a backup, and what is restored', async () => {
    path = join(data, 'new', 'registry.db');
    const database = await openSqliteDatabase(path);
    await database.write(({ client }) => client.exec('INSERT INTO kept_flavors SELECT * FROM kept_flavors'));
    const open = readdirSync(join(data, 'new'));
    expect(open.length).toBeGreaterThan(3); // the log, its index, the second name
    for (const name of ['.', ...open])
      expect(rightsOf(join(data, 'new', name))).toMatchObject({ uid: NOBODY, gid: NOBODY });
    await database.close();
    const backup = join(data, 'backup.db');
    backUp(path, backup);
    restore(path, backup, new Date());
    const fresh = join(data, 'fresh', 'registry.db');
    restore(fresh, backup, new Date());
    const made = readdirSync(data, { recursive: true, encoding: 'utf8' });
    for (const name of made) expect(rightsOf(join(data, name))).toMatchObject({ uid: NOBODY, gid: NOBODY });
    expect(await startAsNobody()).toBe(1);
  });

  it('share what is restored in the place of a registry of root', async () => {
    await make(path);
    backUp(path, folder.in('backup.db'));
    chownSync(path, 0, 0);
    chmodSync(path, 0o600);
    restore(path, folder.in('backup.db'), new Date());
    expect(rightsOf(path)).toEqual({ uid: NOBODY, gid: NOBODY, mode: '600' });
    expect(await startAsNobody()).toBe(1);
  });

  it('share a folder by its group', async () => {
    chownSync(data, 0, GROUP);
    chmodSync(data, 0o2770);
    await make(path);
    expect(rightsOf(path)).toEqual({ uid: 0, gid: GROUP, mode: '664' });
    backUp(path, join(data, 'backup.db'));
    expect(rightsOf(join(data, 'backup.db'))).toEqual({ uid: 0, gid: GROUP, mode: '644' });
  });

  it('do not share a backup in the folder of somebody else', async () => {
    await make(path);
    chmodSync(path, 0o600);
    mkdirSync(folder.in('theirs'));
    chownSync(folder.in('theirs'), GROUP, GROUP);
    backUp(path, folder.in('theirs', 'backup.db'));
    expect(rightsOf(folder.in('theirs', 'backup.db'))).toEqual({ uid: 0, gid: 0, mode: '600' });
  });

  it('do not share what that user has put in the place of what was made', () => {
    writeFileSync(folder.in('secret'), '', { mode: 0o600 });
    symlinkSync(folder.in('secret'), `${path}-lock`);
    linkSync(folder.in('secret'), join(data, 'link'));
    expect(() => takeRights(`${path}-lock`, path)).toThrow('ELOOP');
    takeRights(join(data, 'link'));
    expect(rightsOf(folder.in('secret'))).toEqual({ uid: 0, gid: 0, mode: '600' });
  });
});

describe('a registry that is only read', () => {
  it('has nothing beside it that was not there before', async () => {
    const folder = temporaryFolder();
    try {
      const path = folder.in('registry.db');
      await make(path);
      expect(inspectRegistry(path)!.damage).toEqual([]);
      backUp(path, folder.in('backup.db'));
      expect(readdirSync(folder.path).sort()).toEqual(['backup.db', 'registry.db']);
    } finally {
      folder.remove();
    }
  });
});

whereMountable('a registry that is mounted (skipped where nothing can be mounted)', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  beforeEach(async () => {
    folder = temporaryFolder();
    mkdirSync(folder.in('host'));
    mkdirSync(folder.in('in a container'));
    path = folder.in('in a container', 'registry.db');
    await make(folder.in('host', 'registry.db'));
  });
  afterEach(() => folder.remove());

  const warnings = async () => {
    const said: string[] = [];
    const logger = { info: () => undefined, warn: (message: string) => said.push(message) };
    await (await openSqliteDatabase(path, { logger })).close();
    return said.filter((message) => message.includes('volume'));
  };

  it('as a file, and without its folder, is warned about, and not replaced', async () => {
    writeFileSync(path, '');
    execFileSync('mount', ['--bind', folder.in('host', 'registry.db'), path]);
    try {
      symlinkSync(path, folder.in('link.db'));
      expect([path, folder.in('link.db')].map(isMountedAlone)).toEqual([true, true]);
      expect(await warnings()).toEqual([expect.stringMatching(/^only the file .* Mount its folder instead$/)]);
      backUp(path, folder.in('backup.db'));
      const before = readdirSync(folder.in('in a container'));
      expect(() => restore(path, folder.in('backup.db'), new Date())).toThrow(
        `The registry file "${path}" is a volume of its own, which cannot be replaced: mount its folder instead, and ` +
          'restore it there. Nothing was changed.',
      );
      expect(readdirSync(folder.in('in a container'))).toEqual(before);
    } finally {
      execFileSync('umount', [path]);
    }
  });

  it('with its folder is as any other', async () => {
    execFileSync('mount', ['--bind', folder.in('host'), folder.in('in a container')]);
    try {
      expect(await warnings()).toEqual([]);
      backUp(path, folder.in('backup.db'));
      expect(restore(path, folder.in('backup.db'), new Date()).replaced).toBeDefined();
    } finally {
      execFileSync('umount', [folder.in('in a container')]);
    }
  });

  it('read-only is refused, also when root starts the service', async () => {
    execFileSync('mount', ['--bind', folder.in('host'), folder.in('in a container')]);
    try {
      execFileSync('mount', ['-o', 'remount,ro,bind', folder.in('in a container')]);
      await expect(openSqliteDatabase(path)).rejects.toThrow(
        `The registry file "${path}" is on a file system that is mounted read-only.`,
      );
      expect(() => backUp(path, folder.in('b'))).toThrow('mounted read-only');
      backUp(folder.in('host', 'registry.db'), folder.in('backup.db'));
      expect(() => restore(path, folder.in('backup.db'), new Date())).toThrow('mounted read-only');
    } finally {
      execFileSync('umount', [folder.in('in a container')]);
    }
  });
});
