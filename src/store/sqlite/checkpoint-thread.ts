import { Worker } from 'node:worker_threads';
import type { RegistryFiles } from './registry-files';

/**
 * JavaScript, and no file of its own: a thread does not run TypeScript, and that is what the tests run. What fails here is
 * tried again: by the next checkpoint, of whichever process. Files that were replaced are left alone: SQLite would take
 * the log of the one for the log of the other.
 */
const PROGRAM = `
const { statSync } = require('node:fs');
const { driver, files } = require('node:worker_threads').workerData;
const isSame = ({ path, identity }) => {
  const { dev, ino } = statSync(path, { bigint: true });
  return dev + ':' + ino === identity;
};
if (files.every(isSame)) {
  const client = new (require(driver))(files[0].path, { fileMustExist: true });
  client.pragma('synchronous = FULL');
  client.pragma('wal_checkpoint(PASSIVE)');
  client.close();
}
`;

/**
 * Moves the write-ahead log of a registry into its file, in a thread of its own: SQLite does so in one piece, which takes
 * as long as the transactions in it (https://www.sqlite.org/wal.html#ckpt). Resolves when it is over, well or not.
 */
export function checkpointInThread(files: RegistryFiles): Promise<void> {
  return new Promise((resolve) => {
    const thread = new Worker(PROGRAM, {
      eval: true,
      workerData: { driver: require.resolve('better-sqlite3'), files },
    });
    thread.once('error', () => resolve()).once('exit', () => resolve());
  });
}
