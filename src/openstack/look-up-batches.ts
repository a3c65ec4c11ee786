import { setTimeout as sleep } from 'node:timers/promises';
import type { FlavorId } from '../registrations/flavor-id';

/**
 * A batch that has to wait for another one takes ids until none has come for so long. Many readers who come at the same
 * moment (a restart, a portal that opens) are answered by one walk then, and not first by a GET for each who happened to
 * be early.
 */
const QUIET_MS = 20;
/** Beyond this it begins, whoever is still coming. */
const MOST_GATHERING_MS = 100;

/** What is wanted of one flavor. */
export interface Want {
  /** Who may use it, too. */
  readonly withAccess: boolean;
  /** An answer that Nova gave before it was asked for will not do. */
  readonly fresh: boolean;
}

/** The ids of one batch. */
export type Wants = ReadonlyMap<FlavorId, Want>;

interface Batch<T> {
  readonly wants: Map<FlavorId, Want>;
  readonly learned: Promise<T>;
}

/**
 * One look-up in Nova at a time: ids that are asked for meanwhile make up the next one. So a crowd of readers costs Nova
 * what one of them costs, and nobody asks twice for the same.
 *
 * @param T what one look-up brings, for all of its ids
 */
export class LookUpBatches<T> {
  private running: Batch<T> | undefined;
  private next: Batch<T> | undefined;

  constructor(private readonly lookUp: (wants: Wants, globalRequestId: string) => Promise<T>) {}

  /**
   * For each id the look-up that brings it, not yet done: the one that runs, where it is asking for it already, or the
   * next one.
   * @param globalRequestId goes to Nova and Keystone, when this is the one who opens the next look-up
   */
  join(wants: Wants, globalRequestId: string): Map<FlavorId, Promise<T>> {
    const joined = new Map<FlavorId, Promise<T>>();
    for (const [flavorId, want] of wants) {
      const { running } = this;
      if (running !== undefined && brings(running, flavorId, want)) {
        joined.set(flavorId, running.learned);
        continue;
      }
      const next = (this.next ??= this.open(globalRequestId));
      next.wants.set(flavorId, both(want, next.wants.get(flavorId)));
      joined.set(flavorId, next.learned);
    }
    return joined;
  }

  private open(globalRequestId: string): Batch<T> {
    const before = this.running?.learned;
    const wants = new Map<FlavorId, Want>();
    const batch = { wants, learned: this.run(before, wants, globalRequestId) };
    batch.learned.catch(() => undefined); // told to those who joined; they may all have gone by then
    return batch;
  }

  private async run(before: Promise<T> | undefined, wants: Wants, globalRequestId: string): Promise<T> {
    // What became of the one before is for those who wait for it to hear.
    await (before === undefined ? undefined : Promise.all([before.catch(() => undefined), gathered(wants)]));
    this.running = this.next;
    this.next = undefined;
    try {
      return await this.lookUp(wants, globalRequestId);
    } finally {
      this.running = undefined;
    }
  }
}

async function gathered(wants: Wants): Promise<void> {
  const latest = performance.now() + MOST_GATHERING_MS;
  let seen: number;
  do {
    seen = wants.size;
    await sleep(QUIET_MS);
  } while (wants.size > seen && performance.now() < latest);
}

function brings<T>({ wants }: Batch<T>, flavorId: FlavorId, { withAccess, fresh }: Want): boolean {
  const wanted = wants.get(flavorId);
  return wanted !== undefined && !fresh && (wanted.withAccess || !withAccess);
}

function both(a: Want, b: Want | undefined): Want {
  if (b === undefined) return a;
  return { withAccess: a.withAccess || b.withAccess, fresh: a.fresh || b.fresh };
}
