import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { checkpointInThread } from './checkpoint-thread';
import type { NextTurn } from '../../registrations/in-turns';
import { type PieceStatements, preparePieces } from './piece-statements';
import { prepareReads } from './read-statements';
import type { RegistryFiles } from './registry-files';
import { prepareWrites } from './write-statements';

/** SQLite's own wait blocks the event loop: just long enough for another process's short write. */
export const SQLITE_WAIT_MS = 10;
/** How long a transaction goes on before others have their turn of the event loop. */
const PIECE_MS = 10;
/** How many rows one statement changes: each may lie on a page of its own. */
export const ROWS_AT_ONCE = 100;
/** In KiB. With more, a commit has more to write at once, and what comes before it is hardly faster. */
const CACHE_KIB = 4096;
/** SQLite's default, in pages. */
const CHECKPOINT_PAGES = 1000;

/**
 * The one connection on which a process changes the registry. A transaction that is long gives others their turn in
 * between: they read on connections of their own, where nothing of it shows before it has been committed.
 */
export class WriteConnection {
  readonly client: Database.Database;
  readonly reads: ReturnType<typeof prepareReads>;
  readonly pieces: PieceStatements;
  readonly writes: ReturnType<typeof prepareWrites>;
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;
  readonly #rollback: Database.Statement;
  /** While the log of a long transaction is moved into the file. */
  #checkpoint: Promise<void> | undefined;
  #turnBeganAt = 0;
  #isLong = false;

  /** @param path of a file that has the tables already */
  constructor(
    path: string,
    private readonly files: RegistryFiles,
  ) {
    const client = (this.client = new Database(path, { timeout: SQLITE_WAIT_MS, fileMustExist: true }));
    try {
      client.pragma('synchronous = FULL'); // with WAL, anything less may lose the last answers given when the power goes
      client.pragma('foreign_keys = ON');
      client.pragma(`cache_size = -${CACHE_KIB}`);
      const db = drizzle({ client });
      this.reads = prepareReads(db);
      this.pieces = preparePieces(client);
      this.writes = prepareWrites(db);
      // Immediate: a deferred transaction that reads first fails at once when another process wrote in between.
      this.#begin = client.prepare('BEGIN IMMEDIATE');
      this.#commit = client.prepare('COMMIT');
      this.#rollback = client.prepare('ROLLBACK');
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** Does some work in a transaction; when it throws, nothing of it stays, nor when it is a preview. One at a time. */
  async transact<T>(work: (connection: WriteConnection) => T | Promise<T>, isPreview: boolean): Promise<T> {
    await this.#checkpoint; // else the log would only grow, and no other process would find the registry unlocked
    this.#begin.run();
    this.#turnBeganAt = performance.now();
    this.#isLong = false;
    try {
      const result = await work(this);
      if (isPreview) this.#rollback.run();
      else if (this.#isLong) await this.#commitInTurn();
      else this.#commit.run();
      return result;
    } finally {
      if (this.client.inTransaction) this.#rollback.run();
    }
  }

  /** Closes the connection, between two transactions. */
  async close(): Promise<void> {
    await this.#checkpoint;
    this.client.close();
  }

  /** Runs a statement for some rows at once, and lets others have their turn where all of them take long. */
  async eachPiece<Row>(
    rows: readonly Row[],
    run: (piece: readonly Row[]) => unknown,
    atOnce = ROWS_AT_ONCE,
  ): Promise<void> {
    for (let from = 0; from < rows.length; from += atOnce) {
      await this.nextTurn();
      run(rows.slice(from, from + atOnce));
    }
  }

  /** Gives others their turn, when they have waited for one: of the event loop, since this one holds the lock. */
  readonly nextTurn: NextTurn = () => {
    return performance.now() - this.#turnBeganAt < PIECE_MS ? undefined : this.#pause();
  };

  async #pause(): Promise<void> {
    this.#isLong = true;
    await nextTurn();
    this.#turnBeganAt = performance.now();
  }

  /** A long transaction leaves a long log, which takes as long again to be moved into the file: not in its commit. */
  async #commitInTurn(): Promise<void> {
    await nextTurn();
    this.client.pragma('wal_autocheckpoint = 0');
    try {
      this.#commit.run();
    } finally {
      this.client.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    }
    this.#checkpoint = checkpointInThread(this.files);
  }
}
