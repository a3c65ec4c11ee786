import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { prepareCurrencyCheck } from './current-tables';
import { fileBehind, identityOf } from './registry-files';
import { isBusy, LATER_SECONDS, SOON_SECONDS, registryUnavailable, toUnavailable } from './sqlite-errors';
import { prepareWrites } from './write-statements';
import { type PieceStatements, preparePieces } from './piece-statements';
import { prepareReads } from './read-statements';
import { SnapshotConnections } from './snapshot-connections';

const BUSY_PAUSE_MS = 25;
const ROLLBACK = new Error('a preview ends here');
/** A look at the file costs five times as much as `data_version`, and a read of what has not changed needs no more. */
const LOOK_AT_FILE_MS = 100;

/**
 * The open registry file: one connection, and the one place where reads and writes meet its failures.
 *
 * Whatever fails inside `read` and `write` comes out as the port's `unavailable`, or as it is when it is a defect.
 */
export class SqliteDatabase {
  readonly client: Database.Database;
  readonly reads: ReturnType<typeof prepareReads>;
  readonly writes: ReturnType<typeof prepareWrites>;
  readonly #pieces: PieceStatements;
  readonly #snapshots: SnapshotConnections;
  readonly #log: string;
  readonly #identity: string;
  readonly #close: () => void;
  readonly #busyTimeoutMs: number;
  readonly #dataVersion: Database.Statement<[], number>;
  readonly #checkCurrency: () => void;
  #seenDataVersion = 0;
  #revision = 0;
  #lookAgainAt = 0;

  /** Prepares the statements, so that a file without the right tables fails here and not at the first request. */
  constructor(
    client: Database.Database,
    options: { busyTimeoutMs: number; migrations: ReadonlySet<number>; close: () => void },
  ) {
    this.client = client;
    this.#busyTimeoutMs = options.busyTimeoutMs;
    this.#close = options.close;
    this.#log = `${fileBehind(client.name)}-wal`;
    this.#identity = this.#identityOfFiles();
    this.reads = prepareReads(drizzle({ client }));
    this.writes = prepareWrites(drizzle({ client }));
    this.#pieces = preparePieces(client);
    this.#snapshots = new SnapshotConnections(client.name);
    this.#dataVersion = client.prepare<[], number>('PRAGMA data_version').pluck();
    this.#checkCurrency = prepareCurrencyCheck(client, options.migrations);
  }

  /**
   * Another number after each commit: of this connection, and of any other one, which SQLite tells by data_version. That
   * the file was moved or replaced is noticed within {@link LOOK_AT_FILE_MS}.
   */
  revision(): number {
    if (!this.client.open || performance.now() >= this.#lookAgainAt) this.#requireUsable();
    const dataVersion = this.#orUnavailable(() => this.#dataVersion.get()!);
    if (dataVersion !== this.#seenDataVersion) this.#revision += 1;
    this.#seenDataVersion = dataVersion;
    return this.#revision;
  }

  /** Fails unless the file can be read and is as the migrations given left it. */
  requireCurrent(): void {
    this.read(this.#checkCurrency);
  }

  /** Runs a read. One statement sees one state; there is no need for a transaction around it. */
  read<T>(work: () => T): T {
    this.#requireUsable();
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
   * Runs a write in one transaction. When `work` throws, nothing of it stays; nor when it is a preview only.
   *
   * While another process writes, this one waits, up to `busyTimeoutMs`; but not in SQLite, whose wait would hold up
   * every other request of this process, and one writer's after the other.
   */
  async write<T>(work: () => T, { isPreview = false } = {}): Promise<T> {
    const deadline = performance.now() + this.#busyTimeoutMs;
    for (;;) {
      this.#requireUsable();
      try {
        return isPreview ? this.#preview(work) : this.#transact(work);
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw toUnavailable(error);
      } finally {
        if (!isPreview) this.#revision += 1; // also after a failure: it may have come after the commit
      }
      await sleep(BUSY_PAUSE_MS);
    }
  }

  /** Closes the connection; the last one to close moves the write-ahead log into the file. May be called twice. */
  close(): void {
    this.#snapshots.close();
    if (this.client.open) this.#close();
  }

  /** Immediate: a deferred transaction that reads first fails at once when another process wrote in between. */
  #transact<T>(work: () => T): T {
    return this.client.transaction(work).immediate();
  }

  /** All that a write would do, up to the commit. */
  #preview<T>(work: () => T): T {
    const outcome: T[] = [];
    try {
      this.#transact(() => {
        outcome.push(work());
        throw ROLLBACK;
      });
    } catch (error) {
      if (error !== ROLLBACK) throw error;
    }
    return outcome[0]!;
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
    // lost with it.
    if (this.#identityOfFiles() !== this.#identity) {
      throw registryUnavailable(
        'The registry file was moved or replaced while in use: restart the service.',
        LATER_SECONDS,
      );
    }
    this.#lookAgainAt = performance.now() + LOOK_AT_FILE_MS;
  }

  /** The log's, too: a file that comes back without its log lacks what was written last. */
  #identityOfFiles(): string {
    return `${identityOf(this.client.name)} ${identityOf(this.#log)}`;
  }
}

/** The pieces of a list that has no more than one; undefined when there are more. */
function onlyPiece<T>(list: Iterable<T>): T[] | undefined {
  const pieces = list[Symbol.iterator]();
  const first = pieces.next();
  if (first.done === true) return [];
  return pieces.next().done === true ? [first.value] : undefined;
}
