import { setTimeout as sleep } from 'node:timers/promises';
import type { FlavorId } from '../registrations/flavor-id';

/**
 * How long a batch that has to wait for another one takes ids at the least. Many readers who come at the same moment (a
 * restart, a portal that opens) are answered by one walk then, and not first by a GET for each who happened to be early.
 */
const GATHER_MS = 20;

/** The ids of one batch, each with whether its access list is wanted, too. */
export type WantedFlavors = ReadonlyMap<FlavorId, boolean>;

interface Batch<T> {
  readonly wanted: Map<FlavorId, boolean>;
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

  constructor(private readonly lookUp: (wanted: WantedFlavors, globalRequestId: string) => Promise<T>) {}

  /**
   * For each id the look-up that brings it, not yet done: the one that runs, where it is asking for it already, or the
   * next one.
   * @param joinsRunning false when an answer that Nova may have given before now will not do
   * @param globalRequestId goes to Nova and Keystone, when this is the one who opens the next look-up
   */
  join(
    wanted: WantedFlavors,
    { joinsRunning, globalRequestId }: { joinsRunning: boolean; globalRequestId: string },
  ): Map<FlavorId, Promise<T>> {
    const joined = new Map<FlavorId, Promise<T>>();
    for (const [flavorId, withAccess] of wanted) {
      const running = joinsRunning && brings(this.running, flavorId, withAccess) ? this.running : undefined;
      const batch = running ?? (this.next ??= this.open(globalRequestId));
      if (batch !== running) batch.wanted.set(flavorId, withAccess || batch.wanted.get(flavorId) === true);
      joined.set(flavorId, batch.learned);
    }
    return joined;
  }

  private open(globalRequestId: string): Batch<T> {
    const before = this.running?.learned;
    const wanted = new Map<FlavorId, boolean>();
    const batch = { wanted, learned: this.run(before, wanted, globalRequestId) };
    batch.learned.catch(() => undefined); // told to those who joined; they may all have gone by then
    return batch;
  }

  private async run(before: Promise<T> | undefined, wanted: WantedFlavors, globalRequestId: string): Promise<T> {
    // What became of the one before is for those who wait for it to hear.
    await (before === undefined ? undefined : Promise.all([before.catch(() => undefined), sleep(GATHER_MS)]));
    this.running = this.next;
    this.next = undefined;
    try {
      return await this.lookUp(wanted, globalRequestId);
    } finally {
      this.running = undefined;
    }
  }
}

function brings<T>(batch: Batch<T> | undefined, flavorId: FlavorId, withAccess: boolean): boolean {
  const wanted = batch?.wanted.get(flavorId);
  return wanted !== undefined && (wanted || !withAccess);
}
