import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { LATER_SECONDS, SOON_SECONDS, registryUnavailable, toUnavailable } from './sqlite-errors';
import { prepareStatements } from './sqlite-statements';

/**
 * The open registry file: one connection, and the one place where reads and writes meet its failures.
 *
 * Whatever fails inside `read` and `write` comes out as the port's `unavailable`, or as it is when it is a defect.
 */
export class SqliteDatabase {
  readonly client: Database.Database;
  readonly statements: ReturnType<typeof prepareStatements>;
  readonly #inode: bigint | undefined;

  /** Prepares the statements, so that a file without the right tables fails here and not at the first request. */
  constructor(client: Database.Database) {
    this.client = client;
    this.#inode = inodeOf(client.name);
    this.statements = prepareStatements(drizzle({ client }));
  }

  /** Runs a read. One statement sees one state; there is no need for a transaction around it. */
  read<T>(work: () => T): T {
    this.#requireUsable();
    try {
      return work();
    } catch (error) {
      throw toUnavailable(error);
    }
  }

  /** Runs a write in one transaction. When `work` throws, nothing of it stays. */
  write<T>(work: () => T): T {
    this.#requireUsable();
    try {
      // Immediate: a deferred transaction that reads first fails at once when another process wrote in between.
      return this.client.transaction(work).immediate();
    } catch (error) {
      throw toUnavailable(error);
    }
  }

  /** Closes the connection; the last one to close moves the write-ahead log into the file. May be called twice. */
  close(): void {
    this.client.close();
  }

  #requireUsable(): void {
    if (!this.client.open)
      throw registryUnavailable('The registry is closed: this process is shutting down.', SOON_SECONDS);
    // SQLite goes on with a file that was moved, deleted or replaced (a restored backup), and what is written then is
    // lost with it. One look at the file costs microseconds.
    if (inodeOf(this.client.name) !== this.#inode) {
      throw registryUnavailable(
        'The registry file was moved or replaced while in use: restart the service.',
        LATER_SECONDS,
      );
    }
  }
}

function inodeOf(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
