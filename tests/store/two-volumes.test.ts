import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { backUp } from '../../src/store/sqlite/back-up';
import { inspectRegistry } from '../../src/store/sqlite/inspect-registry';
import { openSqliteDatabase } from '../../src/store/sqlite/open-sqlite-database';
import { restore } from '../../src/store/sqlite/restore';
import { SqliteRegistrationStore } from '../../src/store/sqlite/sqlite-registration-store';
import { mayMount } from '../torture/registry-trouble';
import { documentOf, flavors, provenance } from './examples';
import { temporaryFolder } from './temporary-folder';

const whereMountable = mayMount() ? describe : describe.skip;

whereMountable('a registry on a volume of its own (skipped where none can be mounted)', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  const volumes = ['one', 'two'];
  const open = async (path: string) => new SqliteRegistrationStore(await openSqliteDatabase(path));

  beforeEach(() => {
    folder = temporaryFolder();
    for (const name of volumes) {
      mkdirSync(folder.in(name));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder.in(name)]);
    }
  });
  afterEach(() => {
    for (const name of volumes) execFileSync('umount', [folder.in(name)]);
    folder.remove();
  });

  /** A file of the other volume with the same inode: both count from the same number. */
  function twinOf(path: string, name: string): string {
    const { ino } = statSync(path);
    for (let attempt = 0; attempt < 1000; attempt += 1) {
      const twin = folder.in('two', `${name}-${attempt}`);
      mkdirSync(twin);
      if (statSync(twin).ino < ino - 1) continue;
      return folder.in('two', name);
    }
    throw new Error('no twin');
  }

  it('takes a backup of another volume for what it is, though its inode has the same number', async () => {
    const path = folder.in('one', 'registry.db');
    const store = await open(path);
    await store.register(['redis'], flavors('1'), provenance());
    await store.close();
    const backup = twinOf(path, 'backup.db');
    backUp(path, backup);
    expect(statSync(backup).ino).toBe(statSync(path).ino);
    expect(statSync(backup).dev).not.toBe(statSync(path).dev);
    expect(restore(path, backup, new Date()).inspection.contents!.registrations).toBe(1);
  });

  it('stays there when it is reached by a link, and is restored', async () => {
    const target = folder.in('two', 'registry.db');
    const path = folder.in('one', 'registry.db');
    symlinkSync(target, path);
    const store = await open(path);
    await store.register(['redis'], flavors('1'), provenance());
    backUp(path, folder.in('backup.db'));
    await store.register(['redis'], flavors('2'), provenance());
    expect(() => restore(path, folder.in('backup.db'), new Date())).toThrow('open: stop it first');
    await store.close();
    const { replaced } = restore(path, folder.in('backup.db'), new Date());
    expect([lstatSync(path).isSymbolicLink(), replaced!.startsWith(target)]).toEqual([true, true]);
    expect([target, replaced!].map((file) => inspectRegistry(file)!.contents!.registrations)).toEqual([1, 2]);
    expect(readdirSync(folder.in('one'))).toEqual(['registry.db']);
  });

  it('is noticed when it is replaced by a file of the same inode on another volume', async () => {
    const path = folder.in('registry.db');
    const target = folder.in('one', 'registry.db');
    symlinkSync(target, path);
    const store = await open(path);
    await store.register(['redis'], flavors('1'), provenance());
    const twin = twinOf(target, 'registry.db');
    backUp(path, twin);
    expect([existsSync(twin), statSync(twin).ino]).toEqual([true, statSync(target).ino]);
    symlinkSync(twin, folder.in('new'));
    renameSync(folder.in('new'), path);
    await expect(store.register(['redis'], flavors('2'), provenance())).rejects.toThrow('moved or replaced');
    await store.close();
    const again = await open(path);
    expect(await documentOf(again)).toEqual({ redis: ['1'] });
    await again.close();
  });
});
