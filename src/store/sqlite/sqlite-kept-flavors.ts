import type { Flavor } from '../../registrations/flavor';
import type { FlavorAnswer } from '../../registrations/flavor-directory';
import type { FlavorId } from '../../registrations/flavor-id';
import type { KeptFlavor, KeptFlavors, NovaPlace } from '../../registrations/kept-flavors';
import type { SqliteDatabase } from './sqlite-database';
import { jsonList } from './sqlite-statements';

/** What Nova said, in the registry's own file: it is backed up, moved and removed with it. */
export class SqliteKeptFlavors implements KeptFlavors {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  find({ region, computeEndpoint }: NovaPlace, flavorIds: readonly FlavorId[]): KeptFlavor[] {
    const rows = this.#database.read(() =>
      this.#database.statements.findKeptFlavors.all({ region, computeEndpoint, flavorIds: jsonList(flavorIds) }),
    );
    return rows.map(({ flavorId, askedAt, flavor, access }) => ({
      flavorId,
      askedAt,
      answer: readAnswer(flavor, access),
    }));
  }

  async keep({ region, computeEndpoint }: NovaPlace, flavors: readonly KeptFlavor[]): Promise<FlavorId[]> {
    const rows = flavors.map(({ flavorId, askedAt, answer }) => ({
      ...{ flavorId, askedAt, region, computeEndpoint },
      ...writeAnswer(answer),
    }));
    return this.#database.write(() =>
      rows.filter((row) => this.#database.statements.keepFlavor.run(row).changes > 0).map(({ flavorId }) => flavorId),
    );
  }
}

function writeAnswer(answer: FlavorAnswer): { flavor: string | null; access: string | null } {
  if (answer.status === 'missing') return { flavor: null, access: null };
  const { flavor, access } = answer;
  return { flavor: JSON.stringify(flavor), access: access === undefined ? null : JSON.stringify([...access]) };
}

function readAnswer(flavor: string | null, access: string | null): FlavorAnswer {
  if (flavor === null) return { status: 'missing' };
  const found = { status: 'found', flavor: JSON.parse(flavor) as Flavor } as const;
  return access === null ? found : { ...found, access: new Set(JSON.parse(access) as string[]) };
}
