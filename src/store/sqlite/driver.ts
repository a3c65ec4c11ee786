import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { StoreOpenError } from '../store-open-error';
import { errorCode } from './sqlite-errors';

/** Where the package is installed: three folders up, from `src` as from `dist`. */
const PROGRAM = resolve(__dirname, '../../..');

// The header of a 64-bit ELF file (elf(5)); all systems with a binary in the package are little-endian.
const ELF_MAGIC = '\x7fELF';
const ELF_HEADER_BYTES = 64;
const MACHINE_OFFSET = 18;
const SECTIONS_OFFSET = 40;
const SECTION_SIZE_OFFSET = 58;
const SECTION_COUNT_OFFSET = 60;
const MACHINES: ReadonlyMap<string, number> = new Map([
  ['x64', 62],
  ['arm64', 183],
]);

/**
 * Looks whether SQLite's driver can be used: its binary may be missing, or of another system, processor, libc or Node.js,
 * when node_modules was copied from elsewhere or the installation was cut off. No registry is at fault then.
 * @throws StoreOpenError when it cannot
 */
export function requireDriver(): void {
  try {
    for (const binary of binaries()) requireWhole(binary);
    new Database(':memory:').close(); // the binary is loaded with the first connection
  } catch (error) {
    const { platform, arch } = process;
    throw new StoreOpenError(
      `SQLite's driver (better-sqlite3) cannot be loaded by Node.js ${process.versions.node} on ${platform}-${arch}: ${reasonOf(error)}. ` +
        'The registry is not at fault. Rebuild node_modules on this machine and with this Node.js: ' +
        `npm ci --omit=dev --ignore-scripts, in "${PROGRAM}".`,
      { cause: error },
    );
  }
}

class BadBinary extends Error {}

/** Those that could be loaded here: one that was compiled on purpose, and those of the package, by their libc. */
function binaries(): string[] {
  const folder = dirname(require.resolve('better-sqlite3/package.json'));
  const compiled = ['Debug', 'Release'].map((kind) => join(folder, 'build', kind, 'better_sqlite3.node'));
  const prebuilt = ['linux', 'linuxmusl'].map((system) => join(folder, 'prebuilds', `${system}-${process.arch}.node`));
  return process.platform === 'linux' ? [...compiled, ...prebuilt].filter((binary) => existsSync(binary)) : [];
}

/** A binary that is cut off must not be loaded: the process would end at the first use of what is missing (SIGBUS). */
function requireWhole(binary: string): void {
  const header = Buffer.alloc(ELF_HEADER_BYTES);
  const file = openSync(binary, 'r');
  try {
    readSync(file, header);
    if (header.toString('latin1', 0, ELF_MAGIC.length) !== ELF_MAGIC) throw new BadBinary(`"${binary}" is damaged`);
    const sections = header.readUInt16LE(SECTION_SIZE_OFFSET) * header.readUInt16LE(SECTION_COUNT_OFFSET);
    const end = Number(header.readBigUInt64LE(SECTIONS_OFFSET)) + sections; // they are the last of the file
    if (fstatSync(file).size < end) throw new BadBinary(`"${binary}" is cut off`);
  } finally {
    closeSync(file);
  }
  const machine = MACHINES.get(process.arch);
  if (machine !== undefined && header.readUInt16LE(MACHINE_OFFSET) !== machine)
    throw new BadBinary(`"${binary}" is for another processor`);
}

/** The system's own words name the library that is missing, or the version of it. */
function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code === 'MODULE_NOT_FOUND') return 'it has no binary for this system';
  const [words = ''] = error instanceof Error ? error.message.split('\n') : [];
  if (error instanceof BadBinary) return words;
  if (code === 'ERR_DLOPEN_FAILED') return words.replace(/\.$/, '');
  return code ?? 'see the cause';
}
