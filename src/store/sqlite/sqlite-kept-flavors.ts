import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Flavor } from '../../registrations/flavor';
import type { FlavorAnswer } from '../../registrations/flavor-directory';
import type { FlavorId } from '../../registrations/flavor-id';
import type { FlavorCounts, KeptFlavor, KeptFlavors, NovaPlace } from '../../registrations/kept-flavors';
import { jsonList } from './listed';
import type { keptFlavors } from './schema';
import type { SqliteDatabase } from './sqlite-database';

type Row = typeof keptFlavors.$inferSelect;

const STATUSES = ['available', 'changed', 'missing', 'unknown'] as const;
/** How many flavors are counted before others get a turn. */
const COUNTED_AT_ONCE = 500;

/** What Nova said, in the registry's own file: it is backed up, moved and removed with it. */
export class SqliteKeptFlavors implements KeptFlavors {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  find(place: NovaPlace, flavorIds: readonly FlavorId[]): KeptFlavor[] {
    return this.#rows(flavorIds).flatMap((row) => {
      const answer = isOf(row, place) ? readAnswer(row) : undefined;
      return answer === undefined ? [] : [{ flavorId: row.flavorId, askedAt: row.askedAt, answer }];
    });
  }

  async keep(
    { region, computeEndpoint }: NovaPlace,
    flavors: readonly KeptFlavor[],
    { repeatAfterMs }: { repeatAfterMs: number },
  ): Promise<void> {
    // A look costs no lock: most of the time nothing has changed, and nothing is written.
    const standing = new Map(this.#rows(flavors.map(({ flavorId }) => flavorId)).map((row) => [row.flavorId, row]));
    const rows = flavors
      .map(({ flavorId, askedAt, answer }): Row => ({
        ...{ flavorId, askedAt, region, computeEndpoint },
        ...writeAnswer(answer),
      }))
      .filter((row) => isDue(row, standing.get(row.flavorId), repeatAfterMs));
    if (rows.length === 0) return;
    await this.#database.write((connection) =>
      connection.eachPiece(rows, (piece) => {
        for (const row of piece) connection.writes.keepFlavor.run({ ...row });
      }),
    );
  }

  async count(): Promise<FlavorCounts> {
    const counts = { available: 0, changed: 0, missing: 0, unknown: 0 };
    let after = '';
    for (;;) {
      const piece = { after, limit: COUNTED_AT_ONCE };
      const { last, ...more } = this.#database.read(() => this.#database.reads.countKeptFlavors.get(piece)!);
      for (const status of STATUSES) counts[status] += more[status];
      if (last === null) return counts;
      after = last;
      await nextTurn();
    }
  }

  #rows(flavorIds: readonly FlavorId[]): Row[] {
    return this.#database.read(() => this.#database.reads.findKeptFlavors.all({ flavorIds: jsonList(flavorIds) }));
  }
}

function isOf(row: Row, { region, computeEndpoint }: NovaPlace): boolean {
  return row.region === region && row.computeEndpoint === computeEndpoint;
}

function isDue(row: Row, standing: Row | undefined, repeatAfterMs: number): boolean {
  if (standing === undefined || !isOf(standing, row)) return true;
  if (standing.flavor !== row.flavor || standing.access !== row.access) return true;
  return Math.abs(row.askedAt - standing.askedAt) >= repeatAfterMs; // before it, too: a clock may have been wrong
}

function writeAnswer(answer: FlavorAnswer): Pick<Row, 'flavor' | 'access'> {
  if (answer.status === 'missing') return { flavor: null, access: null };
  const { flavor, access } = answer;
  return { flavor: JSON.stringify(flavor), access: access === undefined ? null : JSON.stringify([...access].sort()) };
}

/** Undefined for a row that somebody has damaged: it counts as none, and is written anew when Nova is asked. */
function readAnswer({ flavorId, flavor: flavorText, access: accessText }: Row): FlavorAnswer | undefined {
  if (flavorText === null) return { status: 'missing' };
  const flavor = parse(flavorText) as Flavor | undefined;
  const access = accessText === null ? undefined : (parse(accessText) as string[] | undefined);
  if (flavor?.id !== flavorId || (accessText !== null && !Array.isArray(access))) return undefined;
  return access === undefined ? { status: 'found', flavor } : { status: 'found', flavor, access: new Set(access) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
