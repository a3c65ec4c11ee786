import { RegisteredFlavorsError } from '../errors';
import type { Logger } from '../logger';
import { sameFlavor } from '../registrations/flavor';
import {
  type Currency,
  type FlavorAnswer,
  type FlavorDirectory,
  leastCurrent,
  type LookUp,
  type LookUpOptions,
  type ReasonToAsk,
} from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import type { FlavorKeeper } from './flavor-keeper';
import { FlavorMemory, type Remembered } from './flavor-memory';
import { Freshness, type FreshnessOptions, suffices } from './freshness';
import { LookUpBatches, type Want, type Wants } from './look-up-batches';
import type { NovaFlavorDirectory } from './nova-flavor-directory';
import { waitForNova } from './within-deadline';

export interface CachedFlavorDirectoryOptions extends FreshnessOptions {
  readonly maxEntries: number;
  /** How long whoever asks waits for Nova. */
  readonly deadlineMs: number;
  readonly logger: Logger;
}

type Outcome = Remembered | { readonly failure: RegisteredFlavorsError };
type Wanted = Pick<LookUpOptions, 'accept' | 'withAccess'>;
type Outcomes = ReadonlyMap<FlavorId, Outcome>;

/** Remembers what Nova said of flavors, missing ones included, and asks it about the rest, one batch at a time. */
export class CachedFlavorDirectory implements FlavorDirectory {
  private readonly memory: FlavorMemory;
  private readonly batches = new LookUpBatches((wants, globalRequestId) => this.learn(wants, globalRequestId));
  private readonly age: Freshness;

  constructor(
    private readonly nova: NovaFlavorDirectory,
    private readonly keeper: FlavorKeeper,
    private readonly options: CachedFlavorDirectoryOptions,
  ) {
    this.memory = new FlavorMemory(options.maxEntries);
    this.age = new Freshness(options);
  }

  get revision(): number {
    return this.memory.revision;
  }

  async lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<LookUp> {
    // Also for a registration: an access list that was kept must not be lost for being asked without.
    const unknown = flavorIds.filter((flavorId) => !this.memory.has(flavorId));
    this.memory.restore(await this.keeper.find(unknown, options.globalRequestId));
    const recalled = this.recall(flavorIds, options);
    if (recalled.toRenew.size > 0) this.batches.join(recalled.toRenew, options.globalRequestId); // behind the reader
    const { found, reasons } = recalled;
    if (recalled.wants.size > 0) {
      for (const [flavorId, outcome] of await this.ask(recalled.wants, options)) {
        if ('failure' in outcome) reasons.set(flavorId, 'the old, in vain');
        found.set(flavorId, 'failure' in outcome ? this.olderFor(flavorId, options, outcome.failure) : outcome);
      }
    }
    const currencies = new Map<FlavorId, Currency>();
    for (const [flavorId, known] of found) {
      const goodUntil = suffices(known.answer, options) ? this.age.freshUntil(known) : 0;
      currencies.set(flavorId, { goodUntil, askedFor: reasons.get(flavorId) ?? 'nothing' });
    }
    return {
      ...leastCurrent(currencies.values()),
      answers: new Map([...found].map(([flavorId, { answer }]) => [flavorId, answer])),
      currencyOf: (ids) => leastCurrent([...ids].flatMap((flavorId) => currencies.get(flavorId) ?? [])),
    };
  }

  /** Ends what is being asked, and keeps what has been said. */
  async close(): Promise<void> {
    this.nova.close();
    await this.keeper.close();
  }

  /** What is remembered that will do, what of it is to be renewed, and what has to be asked first. */
  private recall(flavorIds: readonly FlavorId[], { accept, withAccess }: LookUpOptions) {
    const found = new Map<FlavorId, Remembered>();
    const toRenew = new Map<FlavorId, Want>();
    const wants = new Map<FlavorId, Want>();
    const reasons = new Map<FlavorId, ReasonToAsk>();
    for (const flavorId of flavorIds) {
      const known = this.memory.recall(flavorId);
      const use = known === undefined ? 'ask first' : this.useOf(known, { accept, withAccess });
      // An access list that somebody needed is renewed with the flavor: neither an admin's read nor a registration must
      // lose it.
      const want = { withAccess: withAccess || hasAccess(known?.answer), fresh: accept === 'the new' };
      if (known !== undefined && use !== 'ask first') found.set(flavorId, known);
      if (use === 'and renew') toRenew.set(flavorId, want);
      if (use !== 'ask first') continue;
      wants.set(flavorId, want);
      reasons.set(flavorId, known === undefined ? 'the unknown' : 'the old');
    }
    return { found, toRenew, wants, reasons };
  }

  private useOf(known: Remembered, wanted: Wanted): 'as it is' | 'and renew' | 'ask first' {
    if (wanted.accept === 'the new' || !suffices(known.answer, wanted)) return 'ask first';
    if (this.age.isFresh(known)) return 'as it is';
    const mayWait = this.age.mayWait(known);
    const isUsable = mayWait || this.age.isUsable(known);
    if (this.nova.known.isAway && isUsable) return 'as it is';
    return mayWait || (wanted.accept === 'the known' && isUsable) ? 'and renew' : 'ask first';
  }

  /** What has to do while Nova fails; its failure, when there is nothing. */
  private olderFor(flavorId: FlavorId, options: LookUpOptions, failure: RegisteredFlavorsError): Remembered {
    const known = options.accept === 'the new' ? undefined : this.memory.recall(flavorId);
    if (known === undefined || isOurs(failure) || !suffices(known.answer, options) || !this.age.isUsable(known))
      throw failure;
    return known;
  }

  private take(
    flavorId: FlavorId,
    answer: FlavorAnswer,
    { askedAt, accessFailed }: { askedAt: number; accessFailed: boolean },
  ): Remembered {
    const older = accessFailed ? this.olderAccessFor(flavorId, answer) : undefined;
    if (older !== undefined) return older;
    const remembered = this.memory.remember(flavorId, answer, askedAt);
    this.keeper.keep(this.nova.known.place, flavorId, remembered);
    return remembered;
  }

  /** While its access list cannot be learned, the older one does for a flavor that is still the same. */
  private olderAccessFor(flavorId: FlavorId, answer: FlavorAnswer): Remembered | undefined {
    const known = this.memory.recall(flavorId);
    if (known?.answer.status !== 'found' || answer.status !== 'found' || !this.age.isUsable(known)) return undefined;
    return known.answer.access !== undefined && sameFlavor(known.answer.flavor, answer.flavor) ? known : undefined;
  }

  private async ask(wants: Wants, { globalRequestId, signal }: LookUpOptions): Promise<Outcomes> {
    const outcomes = new Map<FlavorId, Outcome>();
    const looks = this.batches.join(wants, globalRequestId);
    const { deadlineMs } = this.options;
    const done = waitForNova(Promise.allSettled(new Set(looks.values())), { deadlineMs, signal });
    const late = await done.then(() => undefined, failureOf);
    for (const [flavorId, look] of looks) {
      const outcome = late ?? (await look.then((learned) => learned.get(flavorId), failureOf));
      if (outcome !== undefined) outcomes.set(flavorId, outcome);
    }
    return outcomes;
  }

  /** Asks Nova and remembers what it says, and then, where there is room, of what else went by in a list. */
  private async learn(wants: Wants, globalRequestId: string): Promise<Outcomes> {
    const outcomes = new Map<FlavorId, Outcome>();
    const wanted = new Map<FlavorId, boolean>();
    for (const [flavorId, want] of wants) {
      // It may have gone by in the batch that this one had to wait for.
      const known = want.fresh ? undefined : this.memory.recall(flavorId);
      const isFresh = known !== undefined && this.age.isFresh(known) && suffices(known.answer, want);
      if (isFresh) outcomes.set(flavorId, known);
      else wanted.set(flavorId, want.withAccess);
    }
    if (wanted.size === 0) return outcomes;
    const { answers, accessFailed, failures, wentBy, askedAt } = await this.nova
      .lookUp(wanted, globalRequestId)
      .catch((error: unknown) => {
        this.tell(error, wanted.size);
        throw error;
      });
    for (const [flavorId, answer] of answers) {
      outcomes.set(flavorId, this.take(flavorId, answer, { askedAt, accessFailed: accessFailed.has(flavorId) }));
    }
    for (const [flavorId, failure] of failures) outcomes.set(flavorId, { failure });
    const [failed] = failures.values();
    if (failed !== undefined) this.tell(failed, failures.size);
    for (const flavor of wentBy) this.memory.rememberToo(flavor, askedAt);
    for (const flavorId of answers.keys()) this.memory.recall(flavorId); // so that what went by has to go before them
    return outcomes;
  }

  private tell(error: unknown, flavors: number): void {
    if (!(error instanceof RegisteredFlavorsError)) return;
    this.options.logger.warn('Nova could not be asked about flavors', { flavors, reason: error.message });
  }
}

/** A failure that we foresaw, as an outcome. A defect stays one. */
function failureOf(error: unknown): { failure: RegisteredFlavorsError } {
  if (error instanceof RegisteredFlavorsError) return { failure: error };
  throw error;
}

/** Whether it is not Nova that fails, but our own user that lacks its role: older answers must not hide that. */
function isOurs(failure: RegisteredFlavorsError): boolean {
  return failure.problems[0]?.code === 'registered-flavors.nova.not_admin';
}

function hasAccess(answer: FlavorAnswer | undefined): boolean {
  return answer?.status === 'found' && answer.access !== undefined;
}
