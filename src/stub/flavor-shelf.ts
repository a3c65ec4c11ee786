import type { StubFlavor } from './stub-flavors';

/** A flavor with nothing left open. */
export type ShelvedFlavor = Required<StubFlavor>;

/** Who looks: what Nova knows of the caller. */
export interface Onlooker {
  isAdmin: boolean;
  projectId: string | undefined;
  /** The policies that refuse the caller though they let others of its kind pass by default. */
  refusedPolicies: ReadonlySet<string>;
}

/** Where Nova keeps its flavors: on SQLite ids match exactly, on MariaDB without regard to case and trailing spaces. */
export class FlavorShelf {
  private byKey = new Map<string, ShelvedFlavor>();
  private sorted: ShelvedFlavor[] | undefined;
  private keyOf: (id: string) => string = (id) => id;

  /** Ids and names match as MariaDB's utf8mb3_general_ci does. */
  matchLikeMariaDb(): void {
    const flavors = [...this.byKey.values()];
    this.keyOf = (id) => id.replace(/ +$/, '').toUpperCase();
    this.byKey = new Map(flavors.map((flavor) => [this.keyOf(flavor.id), flavor]));
    this.sorted = undefined;
  }

  /** Puts a flavor there. */
  add(flavor: StubFlavor): ShelvedFlavor {
    if (this.find(flavor.id) !== undefined) throw new Error(`there is a flavor ${flavor.id} already`);
    const shelved = withDefaults(flavor);
    this.byKey.set(this.keyOf(flavor.id), shelved);
    this.sorted = undefined;
    return shelved;
  }

  /** Takes a flavor away for good; whether it was there. */
  remove(id: string): boolean {
    this.sorted = undefined;
    return this.byKey.delete(this.keyOf(id));
  }

  /** The flavor with this id, if any. */
  find(id: string): ShelvedFlavor | undefined {
    return this.byKey.get(this.keyOf(id));
  }

  /** The flavor with this id. */
  get(id: string): ShelvedFlavor {
    const flavor = this.find(id);
    if (flavor === undefined) throw new Error(`there is no flavor ${id}`);
    return flavor;
  }

  /** Whether a flavor has this name. */
  hasName(name: string): boolean {
    return this.list().some((flavor) => this.keyOf(flavor.name) === this.keyOf(name));
  }

  /** All of them, in the order of their ids. */
  list(): readonly ShelvedFlavor[] {
    this.sorted ??= [...this.byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, flavor]) => flavor);
    return this.sorted;
  }
}

/** Whether the onlooker may know of the flavor: public ones, and private ones its project may use. */
export function isVisibleTo(flavor: ShelvedFlavor, { isAdmin, projectId }: Onlooker): boolean {
  return isAdmin || flavor.is_public || (projectId !== undefined && flavor.projects.includes(projectId));
}

function withDefaults(flavor: StubFlavor): ShelvedFlavor {
  return {
    ephemeral: 0,
    swap: 0,
    rxtx_factor: 1,
    is_public: true,
    is_disabled: false,
    description: null,
    ...flavor,
    extra_specs: { ...flavor.extra_specs },
    projects: [...(flavor.projects ?? [])],
  };
}
