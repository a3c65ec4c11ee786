import { setTimeout as sleep } from 'node:timers/promises';
import type { FlavorId } from '../registrations/flavor-id';
import { eachInTurns, type NextTurn } from '../registrations/in-turns';

/**
 * A batch that has to wait for another one takes ids until none has come for so long. Many readers who come at the same
 * moment (a restart, a portal that opens) are answered by one walk then, and not first by a GET for each who happened to
 * be early.
 */
const QUIET_MS = 20;
/** Beyond this it begins, whoever is still coming. */
const MOST_GATHERING_MS = 100;

/** The ids of one batch; true where an answer that Nova gave before it was asked for will not do. */
export type Wants = ReadonlyMap<FlavorId, boolean>;

/** Ids of one who asks, and the look-up that brings them. */
export interface Joined<T> {
  readonly flavorIds: readonly FlavorId[];
  readonly learned: Promise<T>;
}

export interface JoinOptions {
  /** An answer that Nova gave before this will not do. */
  readonly fresh: boolean;
  /** Goes to Nova and Keystone, when this is the one who opens the next look-up. */
  readonly globalRequestId: string;
  readonly nextTurn: NextTurn;
}

interface Batch<T> {
  readonly wants: Map<FlavorId, boolean>;
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
   * The look-ups that bring these ids: the one that runs, as far as it is asking for them already, and the next one.
   */
  async join(flavorIds: Iterable<FlavorId>, options: JoinOptions): Promise<Joined<T>[]> {
    const { running } = this;
    const brought: FlavorId[] = [];
    const wants = new Map<FlavorId, boolean>();
    await eachInTurns(flavorIds, options.nextTurn, (flavorId) => {
      if (running !== undefined && brings(running, flavorId, options.fresh)) brought.push(flavorId);
      else wants.set(flavorId, options.fresh);
    });
    const joined = wants.size === 0 ? [] : await this.joinNext(wants, options);
    return running === undefined || brought.length === 0
      ? joined
      : [{ flavorIds: brought, learned: running.learned }, ...joined];
  }

  /** More than one look-up when the next one begins while the ids are still being added to it. */
  private async joinNext(wants: Map<FlavorId, boolean>, options: JoinOptions): Promise<Joined<T>[]> {
    if (this.next === undefined) {
      this.next = this.open(wants, options.globalRequestId);
      return [{ flavorIds: [...wants.keys()], learned: this.next.learned }];
    }
    const joined = new Map<Batch<T>, FlavorId[]>();
    await eachInTurns(wants, options.nextTurn, ([flavorId, fresh]) => {
      const next = (this.next ??= this.open(new Map(), options.globalRequestId));
      next.wants.set(flavorId, fresh || next.wants.get(flavorId) === true);
      const ids = joined.get(next);
      if (ids === undefined) joined.set(next, [flavorId]);
      else ids.push(flavorId);
    });
    return [...joined].map(([{ learned }, ids]) => ({ flavorIds: ids, learned }));
  }

  private open(wants: Map<FlavorId, boolean>, globalRequestId: string): Batch<T> {
    const before = this.running?.learned;
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

function brings<T>({ wants }: Batch<T>, flavorId: FlavorId, fresh: boolean): boolean {
  return wants.has(flavorId) && !fresh;
}
