import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock';
import type { Flavor } from '../registrations/flavor';
import type { FlavorId } from '../registrations/flavor-id';
import { eachInTurns, type NextTurn } from '../registrations/in-turns';
import type { Remembered } from './flavor-memory';
import { WaitingLines } from './waiting-lines';

/** So many access lists are confirmed together at the most, by one look-up of their flavors ... */
const MAX_UNCONFIRMED = 250;
/** ... and no access list waits longer than this for others to be confirmed with. */
const MAX_WAIT_FOR_CONFIRMATION_MS = 3_000;

type AccessList = ReadonlySet<string>;

/** What Nova said of who may use one flavor; not yet confirmed to be this flavor's. */
export interface AskedAccess {
  /** As Nova described it before it was asked for the list. */
  readonly flavor: Flavor;
  readonly askedAt: number;
  /** Undefined when Nova does not say: it is public, or gone; and when it failed. */
  readonly access: AccessList | undefined;
  readonly failure: unknown;
}

/** How it ended for one flavor: what is remembered of it now, or why Nova could not be asked for the flavor itself. */
export type AccessOutcome =
  | { readonly known: Remembered; readonly access: 'learned' | 'left out' | 'of another flavor' }
  | { readonly failure: Error };

export type AccessOutcomes = ReadonlyMap<FlavorId, AccessOutcome>;

export interface AccessQueueOptions {
  /** How many lists Nova is asked for at once. */
  readonly places: number;
  readonly clock: Clock;
  /** Asks Nova for one access list. */
  readonly ask: (flavorId: FlavorId, globalRequestId: string) => Promise<AccessList | undefined>;
  /** Asks Nova for the flavors once more, and remembers the lists of those that are as they were. */
  readonly confirm: (asked: ReadonlyMap<FlavorId, AskedAccess>, globalRequestId: string) => Promise<AccessOutcomes>;
}

interface Entry {
  flavor: Flavor;
  readonly globalRequestId: string;
  isSecondTry: boolean;
}

/** A reader who waits. */
interface Reader {
  /** What it still waits for. */
  readonly left: Map<FlavorId, Flavor>;
  readonly outcomes: Map<FlavorId, AccessOutcome>;
  readonly isServed: () => void;
}

/**
 * Learns who may use private flavors, list by list, beside the look-ups of flavors. A list that is learned stays learned,
 * whoever has stopped waiting for it.
 */
export class AccessQueue {
  private readonly waiting = new WaitingLines<FlavorId, Entry>();
  private readonly underWay = new Map<FlavorId, Entry>();
  private asked = new Map<FlavorId, AskedAccess>();
  private readonly readers = new Set<Reader>();
  private busy = 0;
  /** A list did not come: nothing more is asked until it is known whether it is Nova that fails. */
  private isInDoubt = false;
  private isConfirming = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: AccessQueueOptions) {}

  /** Has a list learned that nobody waits for. */
  renew(flavor: Flavor, globalRequestId: string): void {
    this.enter(flavor, globalRequestId);
    this.proceed();
  }

  /**
   * How it ended for each of these flavors, as far as that is known when time is up or the reader goes away.
   * @param left emptied as they are learned
   */
  async learn(
    left: Map<FlavorId, Flavor>,
    options: { globalRequestId: string; signal: AbortSignal; nextTurn: NextTurn; waitMs: number },
  ): Promise<AccessOutcomes> {
    const { signal, globalRequestId } = options;
    const outcomes = new Map<FlavorId, AccessOutcome>();
    let timer: NodeJS.Timeout | undefined;
    let isServed = (): void => undefined;
    const served = new Promise<void>((resolve) => {
      isServed = resolve;
      timer = setTimeout(resolve, options.waitMs);
    });
    const reader = { left, outcomes, isServed };
    const line = left.keys();
    signal.addEventListener('abort', isServed, { once: true });
    if (signal.aborted) isServed();
    this.readers.add(reader);
    this.waiting.join(line);
    try {
      await eachInTurns(left.values(), options.nextTurn, (flavor) => this.enter(flavor, globalRequestId));
      this.proceed();
      await served;
      return outcomes;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', isServed);
      this.readers.delete(reader);
      this.waiting.leave(line);
    }
  }

  private enter(flavor: Flavor, globalRequestId: string): void {
    if (this.underWay.has(flavor.id)) return;
    const known = this.waiting.get(flavor.id);
    if (known === undefined) this.waiting.put(flavor.id, { flavor, globalRequestId, isSecondTry: false });
    else known.flavor = flavor;
  }

  private proceed(): void {
    while (!this.isInDoubt && this.busy < this.options.places && this.asked.size < MAX_UNCONFIRMED) {
      const next = this.waiting.take();
      if (next === undefined) break;
      this.underWay.set(next.flavor.id, next);
      void this.ask(next);
    }
    if (this.isConfirming || this.asked.size === 0) return;
    const isIdle = this.busy === 0 && (this.isInDoubt || this.waiting.size === 0);
    if (isIdle || this.asked.size >= MAX_UNCONFIRMED) void this.confirm();
    else this.timer ??= setTimeout(() => void this.confirm(), MAX_WAIT_FOR_CONFIRMATION_MS).unref();
  }

  private async ask({ flavor, globalRequestId }: Entry): Promise<void> {
    this.busy += 1;
    const askedAt = this.options.clock.now();
    let access: AccessList | undefined;
    let failure: unknown;
    try {
      access = await this.options.ask(flavor.id, globalRequestId);
    } catch (error) {
      failure = error;
      this.isInDoubt = true;
    }
    this.busy -= 1;
    this.asked.set(flavor.id, { flavor, askedAt, access, failure });
    this.proceed();
  }

  private async confirm(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { asked } = this;
    const [first] = asked.keys();
    if (this.isConfirming || first === undefined) return;
    this.asked = new Map();
    this.isConfirming = true;
    try {
      const { globalRequestId } = this.underWay.get(first)!;
      await this.settle(await this.options.confirm(asked, globalRequestId));
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      // It is Nova, and not one flavor: whoever waits hears so now, and not list by list.
      const failed = [...asked.keys(), ...this.waiting.takeAll()];
      await this.settle(new Map(failed.map((flavorId) => [flavorId, { failure }])));
    }
    this.isInDoubt = [...this.asked.values()].some(({ failure }) => failure !== undefined);
    this.isConfirming = false;
    this.proceed();
  }

  private async settle(outcomes: AccessOutcomes): Promise<void> {
    const settled = new Map<FlavorId, AccessOutcome>();
    for (const [flavorId, outcome] of outcomes) {
      const entry = this.underWay.get(flavorId);
      this.underWay.delete(flavorId);
      const again = entry !== undefined && !entry.isSecondTry ? changedTo(outcome) : undefined;
      if (again === undefined) settled.set(flavorId, outcome);
      else this.waiting.put(flavorId, { ...entry!, flavor: again, isSecondTry: true });
    }
    await eachInTurns(this.ofReaders(settled), nextTurn, ([reader, flavorId, outcome]) => {
      if (reader.left.delete(flavorId)) reader.outcomes.set(flavorId, outcome);
      if (reader.left.size === 0) reader.isServed();
    });
  }

  private *ofReaders(settled: AccessOutcomes): Generator<[Reader, FlavorId, AccessOutcome]> {
    for (const reader of this.readers) for (const [flavorId, outcome] of settled) yield [reader, flavorId, outcome];
  }
}

/** What the flavor has become while its list was asked for. */
function changedTo(outcome: AccessOutcome): Flavor | undefined {
  if ('failure' in outcome || outcome.access !== 'of another flavor') return undefined;
  return outcome.known.answer.status === 'found' ? outcome.known.answer.flavor : undefined;
}
