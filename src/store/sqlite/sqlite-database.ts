import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { FairSlots } from '../../fairness/fair-slots';
import { prepareCurrencyCheck } from './current-tables';
import { loopIteration } from './loop-iteration';
import { areInPlace, type RegistryFiles, registryFiles } from './registry-files';
import { isBusy, LATER_SECONDS, SOON_SECONDS, registryUnavailable, toUnavailable } from './sqlite-errors';
import { type PieceStatements, preparePieces } from './piece-statements';
import { prepareReads } from './read-statements';
import { SnapshotConnections } from './snapshot-connections';
import { SQLITE_WAIT_MS, WriteConnection } from './write-connection';

const BUSY_PAUSE_MS = 25;
/** A look at the file costs five times as much as `data_version`, and a read of what has not changed needs no more. */
const LOOK_AT_FILE_MS = 100;

export interface WriteSettings {
  /** Nothing of it stays. */
  readonly isPreview?: boolean | undefined;
  /** Whose write it is: callers take turns. */
  readonly userId?: string;
  /** Aborted when nobody wants it any more, should it still wait for others. */
  readonly signal?: AbortSignal | undefined;
}

/** Beside all users. */
const CLOSING = '(closing)';

/**
 * The open registry file: one connection to read on, others for long lists, and one to write on. The one place where reads
 * and writes meet its failures.
 *
 * Whatever fails inside `read` and `write` comes out as the port's `unavailable`, or as it is when it is a defect.
 */
export class SqliteDatabase {
  readonly client: Database.Database;
  readonly reads: ReturnType<typeof prepareReads>;
  readonly writer: WriteConnection;
  readonly #writing = new FairSlots({ slots: 1, slotsPerKey: 1 });
  readonly #pieces: PieceStatements;
  readonly #snapshots: SnapshotConnections;
  readonly #files: RegistryFiles;
  readonly #close: () => void;
  readonly #busyTimeoutMs: number;
  readonly #dataVersion: Database.Statement<[], number>;
  readonly #checkCurrency: () => void;
  #lookAgainAt = 0;
  /** What was last answered, and in which iteration of the event loop; -1 when it has to be asked for anew. */
  #revision = { number: 0, iteration: -1 };

  /** Prepares the statements, so that a file without the right tables fails here and not at the first request. */
  constructor(
    client: Database.Database,
    options: { busyTimeoutMs: number; migrations: ReadonlySet<number>; close: () => void },
  ) {
    this.client = client;
    this.#busyTimeoutMs = options.busyTimeoutMs;
    this.#close = options.close;
    this.#files = registryFiles(client.name);
    this.reads = prepareReads(drizzle({ client }));
    this.writer = new WriteConnection(client.name, this.#files);
    client.pragma('query_only = ON');
    client.pragma(`busy_timeout = ${SQLITE_WAIT_MS}`);
    this.#pieces = preparePieces(client);
    this.#snapshots = new SnapshotConnections(client.name);
    this.#dataVersion = client.prepare<[], number>('PRAGMA data_version').pluck();
    this.#checkCurrency = prepareCurrencyCheck(client, options.migrations);
  }

  /**
   * Another number after each commit of any other connection, and on this one nothing is written. That the file was moved
   * or replaced is noticed within {@link LOOK_AT_FILE_MS}. All requests of one iteration of the event loop have the same
   * answer: each of them was sent before it was asked, so that none needs to show what was committed since.
   */
  revision(): number {
    const iteration = loopIteration();
    if (iteration !== this.#revision.iteration) {
      if (!this.client.open || performance.now() >= this.#lookAgainAt) this.#requireUsable();
      this.#revision = { number: this.#orUnavailable(() => this.#dataVersion.get()!), iteration };
    }
    return this.#revision.number;
  }

  /** Fails unless the file can be read and is as the migrations given left it. */
  requireCurrent(): void {
    this.read(this.#checkCurrency);
  }

  /** Runs a read. One statement sees one state; there is no need for a transaction around it. */
  read<T>(work: () => T): T {
    this.#requireUsable();
    this.#revision.iteration = -1; // it may show what was committed since: the revision is never older than what was read
    return this.#orUnavailable(work);
  }

  /**
   * Reads a list in pieces, as it stands at one moment. A list of one piece is read at once; a longer one on a connection
   * of its own, so that everything else goes on between two pieces.
   */
  async *readInPieces<T>(read: (pieces: PieceStatements) => Iterable<T>): AsyncGenerator<T> {
    const whole = this.read(() => this.client.transaction(() => onlyPiece(read(this.#pieces)))());
    if (whole !== undefined) {
      yield* whole;
      return;
    }
    const pieces = this.#snapshots.read(read);
    try {
      for (;;) {
        const next = this.read(() => pieces.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      pieces.return(undefined);
    }
  }

  /**
   * Runs a write in one transaction. When `work` throws, nothing of it stays; nor when it is a preview only. The writes of
   * this process run one after the other, the callers in turns.
   *
   * While another process writes, this one waits, up to `busyTimeoutMs`; but not in SQLite, whose wait would hold up
   * every other request of this process, and one writer's after the other.
   */
  async write<T>(
    work: (connection: WriteConnection) => T | Promise<T>,
    { isPreview = false, userId = '', signal }: WriteSettings = {},
  ): Promise<T> {
    let deadline: number | undefined;
    for (;;) {
      try {
        return await this.#writing.execute(userId, () => this.#writeNow(work, isPreview), signal);
      } catch (error) {
        deadline ??= performance.now() + this.#busyTimeoutMs;
        if (!isBusy(error) || performance.now() > deadline) throw toUnavailable(error);
      }
      await sleep(BUSY_PAUSE_MS);
    }
  }

  /**
   * Closes the connections, once the write that is under way has ended; the last one to close moves the write-ahead log
   * into the file. May be called twice.
   */
  async close(): Promise<void> {
    await this.#writing.execute(CLOSING, async () => {
      await this.writer.close();
      this.#snapshots.close();
      if (this.client.open) this.#close();
      this.#revision.iteration = -1;
    });
  }

  async #writeNow<T>(work: (connection: WriteConnection) => T | Promise<T>, isPreview: boolean): Promise<T> {
    await nextTurn(); // many short writes that have waited are not to go on in one piece
    this.#requireUsable();
    try {
      return await this.writer.transact(async (connection) => {
        const result = await work(connection);
        this.#requireUsable(); // it may have taken long
        return result;
      }, isPreview);
    } finally {
      this.#revision.iteration = -1; // who has written sees it at once
    }
  }

  #orUnavailable<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw toUnavailable(error);
    }
  }

  #requireUsable(): void {
    if (!this.client.open)
      throw registryUnavailable('The registry is closed: this process is shutting down.', SOON_SECONDS);
    // SQLite goes on with a file that was moved, deleted or replaced (a restored backup), and what is written then is
    // lost with it. The log's place counts, too: a file that comes back without its log lacks what was written last.
    if (!areInPlace(this.#files)) {
      throw registryUnavailable(
        'The registry file was moved or replaced while in use: restart the service.',
        LATER_SECONDS,
      );
    }
    this.#lookAgainAt = performance.now() + LOOK_AT_FILE_MS;
  }
}

/** The pieces of a list that has no more than one; undefined when there are more. */
function onlyPiece<T>(list: Iterable<T>): T[] | undefined {
  const pieces = list[Symbol.iterator]();
  const first = pieces.next();
  if (first.done === true) return [];
  return pieces.next().done === true ? [first.value] : undefined;
}
