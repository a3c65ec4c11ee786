import Database from 'better-sqlite3';
import { ownsLog } from './log-owner';
import { fileBehind, hasLog } from './registry-files';

/**
 * Opens a database only to read it, and closes it. No file is left that was not there before: SQLite makes a write-ahead
 * log to read a registry that has none, and a connection that only reads does not take it away.
 */
export function openToRead<T>(path: string, work: (client: Database.Database) => T): T {
  const file = fileBehind(path);
  const hadLog = hasLog(file);
  const client = new Database(path, { readonly: true });
  try {
    return work(client);
  } finally {
    client.close();
    if (!hadLog && hasLog(file)) clearLog(file);
  }
}

/** As the last process does that closes the registry; while another one has it open, the log stays. */
function clearLog(file: string): void {
  try {
    if (!ownsLog(file)) return;
    const client = new Database(file, { fileMustExist: true, timeout: 0 });
    try {
      client.prepare('SELECT count(*) FROM sqlite_schema').get();
    } finally {
      client.close();
    }
  } catch {
    // An empty log harms nobody, and who only looks has been told what he wanted to know.
  }
}
