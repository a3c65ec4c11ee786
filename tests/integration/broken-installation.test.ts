import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { openStore } from '../../src/store/open-store';
import { temporaryFolder } from '../store/temporary-folder';

const ROOT = path.join(__dirname, '..', '..');
const ELF_MACHINE_OFFSET = 18;
const S390 = 22;
const REBUILD =
  'The registry is not at fault. Rebuild node_modules on this machine and with this Node.js: npm ci --omit=dev';
const OPENSTACK = { OS_AUTH_URL: 'http://127.0.0.1:9/v3', OS_USERNAME: 'u', OS_PASSWORD: 'p', OS_PROJECT_NAME: 's' };

/** The system's Linux has a binary in the package; elsewhere its files have other names and another form. */
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('an installation that is broken (skipped where this is not Linux)', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let driver: string;
  let binary: string;
  let registry: string;
  beforeEach(async () => {
    folder = temporaryFolder();
    for (const name of ['src', 'drizzle']) cpSync(path.join(ROOT, name), folder.in(name), { recursive: true });
    for (const name of ['package.json', 'api-spec.yaml']) copyFileSync(path.join(ROOT, name), folder.in(name));
    mkdirSync(folder.in('node_modules'));
    for (const name of readdirSync(path.join(ROOT, 'node_modules')))
      symlinkSync(path.join(ROOT, 'node_modules', name), folder.in('node_modules', name));
    driver = folder.in('node_modules', 'better-sqlite3');
    rmSync(driver);
    for (const name of ['lib', 'package.json', 'prebuilds'])
      cpSync(path.join(ROOT, 'node_modules', 'better-sqlite3', name), path.join(driver, name), { recursive: true });
    const system = existsSync('/lib/ld-musl-x86_64.so.1') ? 'linuxmusl' : 'linux';
    binary = path.join(driver, 'prebuilds', `${system}-${process.arch}.node`);
    registry = folder.in('registry.db');
    await (await openStore({ databaseUrl: `file:${registry}` })).registrations.close();
  });
  afterEach(() => folder.remove());

  const node = (...program: string[]): Promise<{ code: number | string | null; output: string }> => {
    const preload = path.join(ROOT, 'tests/support/run-typescript.cjs');
    const env = { PATH: process.env['PATH'], ...OPENSTACK, DATABASE_URL: `file:${registry}`, PORT: '0' };
    return new Promise((resolve) => {
      const options = { cwd: folder.path, env };
      const child = execFile(process.execPath, ['-r', preload, ...program], options, (...ended) =>
        resolve({ code: child.exitCode ?? child.signalCode, output: ended[1] + ended[2] }),
      );
    });
  };
  const run = (...args: string[]) => node(folder.in('src/main.ts'), ...args);
  const otherMachine = () => {
    const content = readFileSync(binary);
    content.writeUInt16LE(S390, ELF_MACHINE_OFFSET);
    writeFileSync(binary, content);
  };
  /** As one of another libc: it needs a library that is not there. */
  const otherLibc = () => {
    const [from, to] = ['libc.so.6', 'libx.so.6'].map((name) => Buffer.from(`\0${name}\0`)) as [Buffer, Buffer];
    const content = readFileSync(binary);
    to.copy(content, content.indexOf(from));
    writeFileSync(binary, content);
  };

  it.each<[string, () => void, string]>([
    ['is missing', () => rmSync(binary), 'it has no binary for this system'],
    ['is empty', () => writeFileSync(binary, ''), 'is damaged'],
    ['is cut off', () => truncateSync(binary, 1_000_000), 'is cut off'],
    ['is of another processor', otherMachine, 'is for another processor'],
    ['is of another libc', otherLibc, 'libx.so.6: cannot open shared object file: No such file or directory'],
  ])("says so when the binary of SQLite's driver %s", async (_what, harm, reason) => {
    harm();
    const script = `try { require('./src/store/sqlite/driver.ts').requireDriver(); } catch (error) { console.log(error.message); }`;
    const { code, output } = await node('-e', script);
    expect([code, output]).toEqual([0, expect.stringContaining(reason)]);
    expect(output).toContain(REBUILD);
  });

  it('accuses no registry for that, whatever the command is', async () => {
    rmSync(binary);
    const before = readFileSync(registry);
    const outcomes = await Promise.all(
      [['serve'], ['doctor'], ['migrate'], ['backup', 'b.db'], ['restore', 'b.db']].map((args) => run(...args)),
    );
    for (const { code, output } of outcomes) {
      expect([code, output]).toEqual([1, expect.stringContaining(REBUILD)]);
      expect(output).not.toMatch(/"restore|\n +at /);
    }
    expect(readFileSync(registry).equals(before)).toBe(true);
  });

  it('says which module is missing', async () => {
    rmSync(folder.in('node_modules', 'winston'));
    expect(await run('serve')).toEqual({
      code: 1,
      output:
        'registered-flavors is not installed completely: the module "winston" is missing. ' +
        `Install its packages again: npm ci --omit=dev --ignore-scripts, in "${folder.path}".\n`,
    });
  });
});
