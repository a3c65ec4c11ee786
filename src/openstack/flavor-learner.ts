import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import { describeError, type Logger } from '../logger';
import { mayBeSameFlavor } from '../registrations/flavor';
import type { FlavorAnswer } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import { eachInTurns } from '../registrations/in-turns';
import { type AccessOutcome, type AccessOutcomes, AccessQueue, type AskedAccess } from './access-queue';
import type { FlavorKeeper } from './flavor-keeper';
import type { FlavorMemory, Remembered } from './flavor-memory';
import type { Freshness } from './freshness';
import { LookUpBatches, type Wants } from './look-up-batches';
import type { Learned, NovaFlavorDirectory } from './nova-flavor-directory';

/** What Nova said of one id, or why it did not. */
export type Outcome = Remembered | { readonly failure: RegisteredFlavorsError };
export type Outcomes = ReadonlyMap<FlavorId, Outcome>;

/** So many flavors of which something is wrong are named in the log: callers are not told which they are. */
const MAX_NAMED = 3;

/** Asks Nova, and remembers and keeps what it says, behind all who wait for it: nothing here ends with one of them. */
export class FlavorLearner {
  /** What flavors are. */
  readonly flavors = new LookUpBatches<Outcomes>((wants, globalRequestId) => this.learn(wants, globalRequestId));
  /** Who may use them. */
  readonly access: AccessQueue;

  constructor(
    private readonly nova: NovaFlavorDirectory,
    private readonly memory: FlavorMemory,
    private readonly keeper: FlavorKeeper,
    private readonly age: Freshness,
    private readonly options: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.access = new AccessQueue({
      places: nova.accessListsAtOnce,
      clock: options.clock,
      ask: (flavorId, globalRequestId) => nova.getAccess(flavorId, globalRequestId),
      confirm: (asked, globalRequestId) => this.confirm(asked, globalRequestId),
    });
  }

  /** Asks Nova and remembers what it says, and then, where there is room, of what else went by in a list. */
  private async learn(wants: Wants, globalRequestId: string): Promise<Outcomes> {
    const outcomes = new Map<FlavorId, Outcome>();
    const wanted: FlavorId[] = [];
    await eachInTurns(wants, nextTurn, ([flavorId, fresh]) => {
      // It may have gone by in the batch that this one had to wait for.
      const known = fresh ? undefined : this.memory.recall(flavorId);
      if (known !== undefined && this.age.isFresh(known.askedAt)) outcomes.set(flavorId, known);
      else wanted.push(flavorId);
    });
    if (wanted.length > 0) await this.lookUp(wanted, { globalRequestId, isBehind: false }, outcomes);
    return outcomes;
  }

  private async lookUp(
    wanted: readonly FlavorId[],
    call: { globalRequestId: string; isBehind: boolean },
    outcomes: Map<FlavorId, Outcome>,
  ): Promise<Learned> {
    const learned = await this.nova.lookUp(wanted, call).catch((error: unknown) => {
      if (error instanceof RegisteredFlavorsError) this.tell(error, wanted.length);
      throw error;
    });
    const { answers, failures, wentBy, askedAt } = learned;
    await eachInTurns(answers, nextTurn, ([id, answer]) => void outcomes.set(id, this.take(id, answer, askedAt)));
    await eachInTurns(failures, nextTurn, ([id, failure]) => void outcomes.set(id, { failure }));
    const [failed] = failures.values();
    if (failed !== undefined) this.tell(failed, failures.size, failures.keys());
    await eachInTurns(wentBy, nextTurn, (flavor) => this.memory.rememberToo(flavor, askedAt));
    await eachInTurns(answers.keys(), nextTurn, (id) => void this.memory.recall(id)); // what went by goes before them
    return learned;
  }

  private take(flavorId: FlavorId, answer: FlavorAnswer, askedAt: number): Remembered {
    const known = this.memory.recall(flavorId);
    if (known !== undefined && this.age.isLater(known.askedAt, askedAt)) return known;
    const remembered = this.memory.remember(flavorId, answer, askedAt);
    this.keeper.keep(this.nova.known.place, flavorId, remembered);
    return remembered;
  }

  /**
   * Remembers the access lists of the flavors that Nova describes after them as it did before. The others are of another
   * flavor that had the id meanwhile, or may be.
   */
  private async confirm(asked: ReadonlyMap<FlavorId, AskedAccess>, globalRequestId: string): Promise<AccessOutcomes> {
    const flavors = new Map<FlavorId, Outcome>();
    await this.lookUp([...asked.keys()], { globalRequestId, isBehind: true }, flavors);
    this.tellOfAccess([...asked.values()].filter(({ failure }) => failure !== undefined));
    return new Map([...flavors].map(([flavorId, known]) => [flavorId, this.takeAccess(asked.get(flavorId)!, known)]));
  }

  private takeAccess({ flavor: before, access, askedAt }: AskedAccess, known: Outcome): AccessOutcome {
    if ('failure' in known) return known;
    if (access === undefined || known.answer.status === 'missing') return { known, access: 'left out' };
    if (!mayBeSameFlavor(before, known.answer.flavor)) return { known, access: 'of another flavor' };
    const remembered = this.memory.rememberAccess(before, access, askedAt);
    if (remembered !== undefined) this.keeper.keep(this.nova.known.place, before.id, remembered);
    const answer = { ...known.answer, access };
    return { known: remembered ?? { ...known, answer, accessAskedAt: askedAt }, access: 'learned' };
  }

  private tell(error: RegisteredFlavorsError, flavors: number, named?: Iterable<FlavorId>): void {
    this.options.logger.warn('Nova could not be asked about flavors', {
      flavors,
      flavor_ids: named && [...named].slice(0, MAX_NAMED),
      reason: error.message,
    });
  }

  private tellOfAccess(failed: readonly AskedAccess[]): void {
    const [first] = failed;
    if (first === undefined) return;
    this.options.logger.warn('access to private flavors could not be learned', {
      flavors: failed.length,
      flavor_ids: failed.slice(0, MAX_NAMED).map(({ flavor }) => flavor.id),
      reason: describeError(first.failure).error,
    });
  }
}
