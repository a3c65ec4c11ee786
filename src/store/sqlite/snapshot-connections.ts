import Database from 'better-sqlite3';
import { type PieceStatements, preparePieces } from './piece-statements';

interface Connection {
  readonly client: Database.Database;
  readonly pieces: PieceStatements;
}

/**
 * Connections on which long lists are read: a read transaction shows the registry as it stood when it began, however many
 * turns the reading takes and whoever writes meanwhile (https://www.sqlite.org/isolation.html). As many as there are such
 * reads at once; they are kept for the next ones.
 */
export class SnapshotConnections {
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];

  constructor(private readonly path: string) {}

  /** Reads piece by piece, whenever the consumer asks for the next one. */
  *read<T>(read: (pieces: PieceStatements) => Iterable<T>): Generator<T> {
    const connection = this.#idle.pop() ?? this.#open();
    try {
      connection.client.exec('BEGIN');
      yield* read(connection.pieces);
    } finally {
      this.#giveBack(connection);
    }
  }

  /** Ends all reads: what is read afterwards fails. */
  close(): void {
    for (const { client } of this.#all) client.close();
  }

  #open(): Connection {
    const client = new Database(this.path, { fileMustExist: true });
    client.pragma('query_only = ON');
    const connection = { client, pieces: preparePieces(client) };
    this.#all.add(connection);
    return connection;
  }

  #giveBack(connection: Connection): void {
    if (!connection.client.open) return;
    if (connection.client.inTransaction) connection.client.exec('ROLLBACK');
    this.#idle.push(connection);
  }
}
