/** Counts what became of an attack: answers by their status, connections by how they ended. */
export class Tally {
  private readonly counts: Record<string, number> = {};

  add(what: string | number): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  get all(): Readonly<Record<string, number>> {
    return this.counts;
  }
}
