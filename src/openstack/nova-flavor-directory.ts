import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import type { Flavor } from '../registrations/flavor';
import type { FlavorAnswer } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import { eachInTurns } from '../registrations/in-turns';
import { walkFlavors } from './flavor-walk';
import { ASSUMED_FLAVORS_IN_NOVA, planLookUp, UNREACHABLE_BY_PATH } from './look-up-planner';
import type { ListedFlavor, NovaCallBehind, NovaClient } from './nova-client';
import { novaErrors } from './upstream-errors';
import { askNova } from './within-deadline';

/** What Nova said in one look-up. */
export interface Learned {
  /** Milliseconds since 1970-01-01T00:00:00Z: when it began. */
  readonly askedAt: number;
  /** Of every id that was wanted, unless it is among the failures; without who may use it. */
  readonly answers: ReadonlyMap<FlavorId, FlavorAnswer>;
  /** Flavors that nobody wanted but that went by in a list, as far as there was room. */
  readonly wentBy: readonly Flavor[];
  /** Of which wanted ids Nova's answer made no sense, or did not come. That is nobody's trouble but theirs who want them. */
  readonly failures: ReadonlyMap<FlavorId, RegisteredFlavorsError>;
}

type Found = ReadonlyMap<FlavorId, ListedFlavor>;

/** A look-up by itself, whoever waits for it. */
interface LookUpCall {
  readonly globalRequestId: string;
  /** It leaves places to others. */
  readonly isBehind?: boolean;
}

/** Beyond this many senseless or missing answers it is Nova that is broken, and not a flavor. */
const MOST_BAD_ANSWERS = 3;

/** Asks Nova itself, in batches: a plan chooses between parallel GETs and a walk through the list. */
export class NovaFlavorDirectory {
  private flavorsInNova = ASSUMED_FLAVORS_IN_NOVA;
  private readonly underWay = new Set<AbortController>();
  private isClosed = false;

  constructor(
    private readonly nova: NovaClient,
    private readonly options: {
      /** How long one look-up may take as a whole. */
      readonly deadlineMs: number;
      readonly clock: Clock;
    },
  ) {}

  /** What is known of Nova without asking it. */
  get known(): Pick<NovaClient, 'isAway' | 'place'> {
    return this.nova;
  }

  /** How many access lists are asked for at once. */
  get accessListsAtOnce(): number {
    return this.nova.concurrentBehind;
  }

  /**
   * Looks up flavors.
   * @throws RegisteredFlavorsError `unavailable`, `upstream timed out`, `upstream answered badly`
   */
  async lookUp(flavorIds: readonly FlavorId[], call: LookUpCall): Promise<Learned> {
    const askedAt = this.options.clock.now();
    const found = await this.ask(call, (each) => this.lookTwice(flavorIds, each));
    const wanted = new Set<FlavorId>();
    const answers = new Map<FlavorId, FlavorAnswer>();
    const failures = new Map<FlavorId, RegisteredFlavorsError>();
    await eachInTurns(flavorIds, nextTurn, (id) => {
      wanted.add(id);
      const flavor = found.get(id)?.flavor;
      if (flavor instanceof RegisteredFlavorsError) failures.set(id, flavor);
      else answers.set(id, flavor === undefined ? { status: 'missing' } : { status: 'found', flavor });
    });
    const wentBy: Flavor[] = [];
    await eachInTurns(found.values(), nextTurn, ({ id, flavor }) => {
      if (!wanted.has(id) && !(flavor instanceof RegisteredFlavorsError)) wentBy.push(flavor);
    });
    return { askedAt, answers, failures, wentBy };
  }

  /**
   * The projects that may use a private flavor; undefined when Nova does not say: it is public, or gone.
   * @param flavorId none of those that cannot be part of a path ({@link UNREACHABLE_BY_PATH})
   * @throws RegisteredFlavorsError as {@link lookUp}
   */
  async getAccess(flavorId: FlavorId, globalRequestId: string): Promise<ReadonlySet<string> | undefined> {
    return this.ask({ globalRequestId, isBehind: true }, (call) => this.nova.getFlavorAccess(flavorId, call));
  }

  /** Ends what is under way: look-ups do not end with those who wait for them, and would hold up the end of the process. */
  close(): void {
    this.isClosed = true;
    for (const end of this.underWay) end.abort();
  }

  private async ask<T>(call: LookUpCall, work: (call: NovaCallBehind) => Promise<T>): Promise<T> {
    if (this.isClosed) throw novaErrors.unavailable('Nova is not asked any more: this process is shutting down.');
    const end = new AbortController();
    this.underWay.add(end);
    try {
      return await askNova({ ...call, signal: end.signal }, this.options.deadlineMs, work);
    } finally {
      this.underWay.delete(end);
    }
  }

  /** A walk may pass by a flavor that is created or moved meanwhile: nothing is called missing on one walk's word. */
  private async lookTwice(flavorIds: readonly FlavorId[], call: NovaCallBehind): Promise<Found> {
    if (planLookUp(flavorIds, this.flavorsInNova) === 'get each') return this.getEach(flavorIds, call);
    const found = new Map(await this.walk(flavorIds, call));
    const passedBy: FlavorId[] = [];
    await eachInTurns(flavorIds, nextTurn, (flavorId) => {
      if (!found.has(flavorId) && !UNREACHABLE_BY_PATH.has(flavorId)) passedBy.push(flavorId);
    });
    if (passedBy.length === 0) return found;
    const foundLater =
      planLookUp(passedBy, this.flavorsInNova) === 'get each'
        ? await this.getEach(passedBy, call)
        : await this.walk(passedBy, call);
    await eachInTurns(foundLater, nextTurn, ([flavorId, listed]) => found.set(flavorId, listed));
    return found;
  }

  private async getEach(flavorIds: readonly FlavorId[], call: NovaCallBehind): Promise<Found> {
    const found = new Map<FlavorId, ListedFlavor>();
    let bad = 0;
    const get = async (id: FlavorId): Promise<void> => {
      const flavor = await this.nova.getFlavor(id, call).catch((error: unknown) => {
        if (isAboutOne(error, call) && (bad += 1) <= MOST_BAD_ANSWERS) return error;
        throw error;
      });
      if (flavor !== undefined) found.set(id, { id, flavor });
    };
    await Promise.all(flavorIds.map(get));
    return found;
  }

  private async walk(flavorIds: readonly FlavorId[], call: NovaCallBehind): Promise<Found> {
    const { flavors, seen, isComplete } = await walkFlavors(this.nova, flavorIds, call);
    this.flavorsInNova = isComplete ? seen : Math.max(seen, this.flavorsInNova);
    return flavors;
  }
}

/** Whether it may well be this one flavor that Nova stumbles over, and not all of Nova that is away. */
function isAboutOne(error: unknown, { signal }: NovaCallBehind): error is RegisteredFlavorsError {
  if (!(error instanceof RegisteredFlavorsError) || signal.aborted) return false;
  return error.kind === 'upstream answered badly' || error.kind === 'upstream timed out';
}
