import { setImmediate as anyTurn } from 'node:timers/promises';
import { RegisteredFlavorsError } from '../errors';
import type { Logger } from '../logger';
import type { Flavor } from '../registrations/flavor';
import type {
  FlavorAnswer,
  FlavorDirectory,
  LookUp,
  LookUpOptions,
  ReasonToAsk,
} from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import { isByAccessList } from '../registrations/visibility';
import { eachInTurns } from '../registrations/in-turns';
import type { AccessOutcome } from './access-queue';
import type { FlavorKeeper } from './flavor-keeper';
import { FlavorLearner, type Outcome } from './flavor-learner';
import { FlavorMemory, type Remembered } from './flavor-memory';
import { Freshness, type FreshnessOptions } from './freshness';
import { Looking } from './looking';
import { UNREACHABLE_BY_PATH } from './look-up-planner';
import type { NovaFlavorDirectory } from './nova-flavor-directory';
import { novaErrors } from './upstream-errors';
import { askNova, leftUntilDeadline } from './within-deadline';

export interface CachedFlavorDirectoryOptions extends FreshnessOptions {
  readonly maxEntries: number;
  /** How long whoever asks waits for Nova. */
  readonly deadlineMs: number;
  readonly logger: Logger;
}

/** Waiting for access lists leaves so much of a caller's time to what may have to be asked after them. */
const SHARE_OF_ACCESS = 0.8;

/**
 * Remembers what Nova said of flavors, missing ones included, and of who may use them, each with its own age, and asks it
 * about the rest: flavors in one batch at a time, access lists one by one in a queue beside it.
 */
export class CachedFlavorDirectory implements FlavorDirectory {
  private readonly memory: FlavorMemory;
  private readonly learner: FlavorLearner;
  private readonly age: Freshness;

  constructor(
    private readonly nova: NovaFlavorDirectory,
    private readonly keeper: FlavorKeeper,
    private readonly options: CachedFlavorDirectoryOptions,
  ) {
    this.memory = new FlavorMemory(options.maxEntries);
    this.age = new Freshness(options);
    this.learner = new FlavorLearner(nova, this.memory, keeper, this.age, options);
  }

  get revision(): number {
    return this.memory.revision;
  }

  async lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<LookUp> {
    await this.restore(flavorIds, options);
    const looking = new Looking();
    await this.findFlavors(flavorIds, options, looking);
    if (options.withAccess) await this.findAccess(options, looking);
    return looking.end(options.nextTurn, (known) => this.goodUntil(known, options));
  }

  /** Ends what is being asked, and keeps what has been said. */
  async close(): Promise<void> {
    this.nova.close();
    await this.keeper.close();
  }

  /** Also for a registration: an access list that was kept must not be lost for being asked without. */
  private async restore(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<void> {
    const unknown: FlavorId[] = [];
    await eachInTurns(flavorIds, options.nextTurn, (flavorId) => {
      if (!this.memory.has(flavorId)) unknown.push(flavorId);
    });
    if (unknown.length === 0) return;
    await askNova(options, this.options.deadlineMs, async () => {
      for await (const kept of this.keeper.find(unknown, options)) this.memory.restore(kept);
    });
  }

  private async findFlavors(flavorIds: readonly FlavorId[], options: LookUpOptions, looking: Looking): Promise<void> {
    const { accept, nextTurn, globalRequestId } = options;
    const toRenew: FlavorId[] = [];
    const toAsk = new Map<FlavorId, ReasonToAsk>();
    await eachInTurns(flavorIds, nextTurn, (flavorId) => {
      const known = this.memory.recall(flavorId);
      const use = this.age.useOf(known?.askedAt, accept, this.nova.known.isAway);
      if (known !== undefined && use !== 'ask first') looking.found(flavorId, known);
      else toAsk.set(flavorId, known === undefined ? 'the unknown' : 'the old');
      if (use === 'and renew') toRenew.push(flavorId);
    });
    // Behind the reader, who may go away meanwhile.
    if (toRenew.length > 0)
      void this.learner.flavors.join(toRenew, { fresh: false, globalRequestId, nextTurn: anyTurn });
    if (toAsk.size > 0) await this.askForFlavors(toAsk, options, looking);
  }

  private async askForFlavors(
    toAsk: ReadonlyMap<FlavorId, ReasonToAsk>,
    options: LookUpOptions,
    looking: Looking,
  ): Promise<void> {
    const { accept, nextTurn, globalRequestId } = options;
    const fresh = accept === 'the new';
    const joined = await this.learner.flavors.join(toAsk.keys(), { fresh, globalRequestId, nextTurn });
    const done = askNova(options, this.options.deadlineMs, () =>
      Promise.allSettled(joined.map((each) => each.learned)),
    );
    const late = await done.then(() => undefined, failureOf);
    for (const { flavorIds: ids, learned } of joined) {
      const outcomes = late ?? (await learned.catch(failureOf));
      await eachInTurns(ids, nextTurn, (flavorId) => {
        const outcome = 'failure' in outcomes ? outcomes : outcomes.get(flavorId)!;
        if (!('failure' in outcome)) looking.found(flavorId, outcome, toAsk.get(flavorId));
        else looking.inVain(flavorId, this.olderFor(flavorId, options, outcome), outcome.failure);
      });
    }
  }

  /** What has to do while Nova fails; its failure, when there is nothing. */
  private olderFor(flavorId: FlavorId, { accept }: LookUpOptions, { failure }: Failure): Remembered {
    const known = accept === 'the new' ? undefined : this.memory.recall(flavorId);
    if (known === undefined || isOurs(failure) || !this.age.isUsable(known.askedAt)) throw failure;
    return known;
  }

  private async findAccess(options: LookUpOptions, looking: Looking): Promise<void> {
    const { signal, nextTurn, globalRequestId } = options;
    const accept = options.accept === 'the new' ? 'the current' : options.accept;
    const toLearn = new Map<FlavorId, Flavor>();
    await eachInTurns(looking.all, nextTurn, ([flavorId, { answer, accessAskedAt }]) => {
      if (!hasAccessList(answer)) return;
      const use = this.age.useOf(accessAskedAt, accept, this.nova.known.isAway);
      if (use === 'ask first') toLearn.set(flavorId, answer.flavor);
      if (use === 'and renew') this.learner.access.renew(answer.flavor, globalRequestId);
    });
    if (toLearn.size === 0) return;
    const ids = [...toLearn.keys()];
    const waitMs = leftUntilDeadline({ signal, deadlineMs: this.options.deadlineMs }) * SHARE_OF_ACCESS;
    const outcomes = await this.learner.access.learn(toLearn, { globalRequestId, signal, nextTurn, waitMs });
    if (signal.aborted) throw novaErrors.timedOut('Nobody waits any more for who may use the flavors.');
    await eachInTurns(ids, nextTurn, (flavorId) => {
      const before = looking.all.get(flavorId)!;
      looking.found(flavorId, ...this.withAccess(before, outcomes.get(flavorId), looking.failure));
    });
  }

  /**
   * What came of an access list. Without any, not even an older one, the flavor is hidden; or all fails, where Nova does.
   * @param outcome undefined when it had not come in time
   * @param failedBefore why Nova did not say what some of the flavors are, in the same look-up
   */
  private withAccess(
    before: Remembered,
    outcome: AccessOutcome | undefined,
    failedBefore: Error | undefined,
  ): [Remembered, ReasonToAsk] {
    const { known, access, failure } = { known: before, access: undefined, failure: failedBefore, ...outcome };
    if (failure !== undefined && isOurs(failure)) throw failure;
    if (access === 'learned' || !hasAccessList(known.answer)) return [known, 'the old'];
    if (this.age.isUsable(known.accessAskedAt)) return [known, 'the old, in vain'];
    if (failure !== undefined) throw failure;
    return [
      { ...known, answer: { status: 'found', flavor: known.answer.flavor }, accessAskedAt: undefined },
      'the old',
    ];
  }

  private goodUntil({ answer, askedAt, accessAskedAt }: Remembered, { withAccess }: LookUpOptions): number {
    if (!withAccess || !hasAccessList(answer)) return this.age.freshUntil(askedAt);
    return accessAskedAt === undefined ? 0 : this.age.freshUntil(Math.min(askedAt, accessAskedAt));
  }
}

type Failure = Extract<Outcome, { failure: unknown }>;

/** A failure that we foresaw, as an outcome. A defect stays one. */
function failureOf(error: unknown): Failure {
  if (error instanceof RegisteredFlavorsError) return { failure: error };
  throw error;
}

/** Whether it is not Nova that fails, but our own user that lacks its role: older answers must not hide that. */
function isOurs(failure: Error): boolean {
  return failure instanceof RegisteredFlavorsError && failure.problems[0]?.code === 'registered-flavors.nova.not_admin';
}

/** Whether there is an access list that says who may use it, and that Nova can be asked for: else it is hidden. */
function hasAccessList(answer: FlavorAnswer): answer is FlavorAnswer & { status: 'found' } {
  return answer.status === 'found' && isByAccessList(answer.flavor) && !UNREACHABLE_BY_PATH.has(answer.flavor.id);
}
