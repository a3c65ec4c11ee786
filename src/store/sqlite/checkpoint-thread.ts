import { Worker } from 'node:worker_threads';
import type { RegistryFiles } from './registry-files';

/**
 * JavaScript, and no file of its own: a thread does not run TypeScript, and that is what the tests run.
 *
 * Files that were replaced are left alone: SQLite would take the log of the one for the log of the other. It opens the
 * file with the connection, and the log only with the first statement: in between is looked whether they belong together.
 */
const PROGRAM = `
const { statSync } = require('node:fs');
const { driver, files } = require('node:worker_threads').workerData;
const client = new (require(driver))(files[0].path, { fileMustExist: true });
const isSame = ({ path, identity }) => {
  const { dev, ino } = statSync(path, { bigint: true });
  return dev + ':' + ino === identity;
};
if (files.every(isSame)) {
  client.pragma('synchronous = FULL');
  client.pragma('wal_checkpoint(PASSIVE)');
}
client.close();
`;

/**
 * Moves the write-ahead log of a registry into its file, in a thread of its own: SQLite does so in one piece, which takes
 * as long as the transactions in it (https://www.sqlite.org/wal.html#ckpt). Resolves when it is over, well or not: what
 * fails here, also for want of a thread, is tried again by the checkpoint of the next commit, of whichever process.
 */
export function checkpointInThread(files: RegistryFiles): Promise<void> {
  return new Promise((resolve) => {
    const workerData = { driver: require.resolve('better-sqlite3'), files };
    try {
      new Worker(PROGRAM, { eval: true, workerData }).once('exit', () => resolve()).once('error', ignore);
    } catch {
      resolve(); // no thread is to be had: EAGAIN
    }
  });
}

function ignore(): void {}
