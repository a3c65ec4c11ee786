import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import { describeError, type Logger } from '../logger';
import { type Flavor, sameFlavor } from '../registrations/flavor';
import type { FlavorAnswer } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import { isByAccessList } from '../registrations/visibility';
import { walkFlavors } from './flavor-walk';
import { ASSUMED_FLAVORS_IN_NOVA, planLookUp, UNREACHABLE_BY_PATH } from './look-up-planner';
import type { ListedFlavor, NovaClient } from './nova-client';
import type { NovaCall } from './nova-session';
import { novaErrors } from './upstream-errors';
import { askNova } from './within-deadline';

/** What Nova said in one look-up. */
export interface Learned {
  /** Milliseconds since 1970-01-01T00:00:00Z: when it began. */
  readonly askedAt: number;
  /** Of every id that was wanted, unless it is among the failures. */
  readonly answers: ReadonlyMap<FlavorId, FlavorAnswer>;
  /** Flavors that nobody wanted but that went by in a list; without those of which there is more to know. */
  readonly wentBy: readonly Flavor[];
  /** Of which answers the access list is left out because Nova failed, and not because there is none. */
  readonly accessFailed: ReadonlySet<FlavorId>;
  /** Of which wanted ids Nova's answer made no sense, or did not come. That is nobody's trouble but theirs who want them. */
  readonly failures: ReadonlyMap<FlavorId, RegisteredFlavorsError>;
}

type Found = ReadonlyMap<FlavorId, ListedFlavor>;
interface Access {
  readonly learned: ReadonlyMap<FlavorId, ReadonlySet<string>>;
  readonly failed: ReadonlySet<FlavorId>;
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
      readonly logger: Logger;
    },
  ) {}

  /** What is known of Nova without asking it. */
  get known(): Pick<NovaClient, 'isAway' | 'place'> {
    return this.nova;
  }

  /**
   * Looks up flavors, and the access lists of those whose value is true. An access list that cannot be learned is
   * left out and fails nothing.
   * @throws RegisteredFlavorsError `unavailable`, `upstream timed out`, `upstream answered badly`
   */
  async lookUp(wanted: ReadonlyMap<FlavorId, boolean>, globalRequestId: string): Promise<Learned> {
    if (this.isClosed) throw novaErrors.unavailable('Nova is not asked any more: this process is shutting down.');
    const end = new AbortController();
    const endLate = setTimeout(() => end.abort(), this.options.deadlineMs);
    this.underWay.add(end);
    try {
      return await this.learn(wanted, { globalRequestId, signal: end.signal });
    } finally {
      clearTimeout(endLate);
      this.underWay.delete(end);
    }
  }

  /** Ends what is under way: look-ups do not end with those who wait for them, and would hold up the end of the process. */
  close(): void {
    this.isClosed = true;
    for (const end of this.underWay) end.abort();
  }

  private async learn(wanted: ReadonlyMap<FlavorId, boolean>, call: NovaCall): Promise<Learned> {
    const askedAt = this.options.clock.now();
    const found = await this.withinDeadline(call, (each) => this.lookTwice([...wanted.keys()], each));
    const closed = [...found.values()].flatMap(({ id, flavor }) =>
      wanted.get(id) === true && isClosed(flavor) ? [flavor] : [],
    );
    const access = await this.findAccess(closed, call);
    const answers = new Map<FlavorId, FlavorAnswer>();
    const failures = new Map<FlavorId, RegisteredFlavorsError>();
    for (const id of wanted.keys()) {
      const flavor = found.get(id)?.flavor;
      if (flavor instanceof RegisteredFlavorsError) failures.set(id, flavor);
      else answers.set(id, answer(flavor, access.learned.get(id)));
    }
    const wentBy = [...found.values()].flatMap(({ id, flavor }) =>
      wanted.has(id) || flavor instanceof RegisteredFlavorsError || isClosed(flavor) ? [] : [flavor],
    );
    return { askedAt, answers, accessFailed: access.failed, failures, wentBy };
  }

  /**
   * Finds out who may use private flavors. One of which that cannot be learned is left out; this never fails.
   *
   * An id can be given to another flavor at any time. Only when Nova describes the flavor after its list as it did before
   * are the two of the same one: otherwise a project could be shown what never was open to it. The list of one that no
   * path can carry counts as empty: it is for admins only.
   */
  async findAccess(flavors: readonly Flavor[], callOfAll: NovaCall): Promise<Access> {
    const learned = new Map<FlavorId, ReadonlySet<string>>();
    const failed = new Set<FlavorId>();
    for (const { id } of flavors) {
      if (UNREACHABLE_BY_PATH.has(id)) learned.set(id, new Set());
      else failed.add(id); // until it has not
    }
    const failures: unknown[] = [];
    const keep = (error: unknown): void => void failures.push(error);
    const learn = async (flavor: Flavor, call: NovaCall): Promise<void> => {
      const projectIds = await this.nova.getFlavorAccess(flavor.id, call);
      const after = projectIds && (await this.nova.getFlavor(flavor.id, call));
      failed.delete(flavor.id);
      if (after && sameFlavor(flavor, after)) learned.set(flavor.id, projectIds);
    };
    if (failed.size === 0) return { learned, failed };
    const asked = flavors.filter(({ id }) => failed.has(id));
    await this.withinDeadline(callOfAll, async (call) => {
      await this.nova.discover(call); // when nothing can be asked at all, it fails once and not for each flavor
      await Promise.all(asked.map((flavor) => learn(flavor, call).catch(keep)));
    }).catch(keep); // what has been learned by the deadline counts
    if (failures.length > 0) {
      const reason = describeError(failures[0]).error;
      this.options.logger.warn('access to private flavors could not be learned', { flavors: failed.size, reason });
    }
    return { learned, failed };
  }

  private withinDeadline<T>(call: NovaCall, work: (call: NovaCall) => Promise<T>): Promise<T> {
    return askNova(call, this.options.deadlineMs, work);
  }

  /** A walk may pass by a flavor that is created or moved meanwhile: nothing is called missing on one walk's word. */
  private async lookTwice(flavorIds: readonly FlavorId[], call: NovaCall): Promise<Found> {
    if (planLookUp(flavorIds, this.flavorsInNova) === 'get each') return this.getEach(flavorIds, call);
    const found = await this.walk(flavorIds, call);
    const passedBy = flavorIds.filter((flavorId) => !found.has(flavorId) && !UNREACHABLE_BY_PATH.has(flavorId));
    if (passedBy.length === 0) return found;
    const foundLater =
      planLookUp(passedBy, this.flavorsInNova) === 'get each'
        ? await this.getEach(passedBy, call)
        : await this.walk(passedBy, call);
    return new Map([...found, ...foundLater]);
  }

  private async getEach(flavorIds: readonly FlavorId[], call: NovaCall): Promise<Found> {
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

  private async walk(flavorIds: readonly FlavorId[], call: NovaCall): Promise<Found> {
    const { flavors, isComplete } = await walkFlavors(this.nova, flavorIds, call);
    this.flavorsInNova = isComplete ? flavors.size : Math.max(flavors.size, this.flavorsInNova);
    return flavors;
  }
}

/** Whether there is an access list that says who may use it. */
function isClosed(flavor: Flavor | RegisteredFlavorsError): flavor is Flavor {
  return !(flavor instanceof RegisteredFlavorsError) && isByAccessList(flavor);
}

/** Whether it may well be this one flavor that Nova stumbles over, and not all of Nova that is away. */
function isAboutOne(error: unknown, { signal }: NovaCall): error is RegisteredFlavorsError {
  if (!(error instanceof RegisteredFlavorsError) || signal.aborted) return false;
  return error.kind === 'upstream answered badly' || error.kind === 'upstream timed out';
}

function answer(flavor: Flavor | undefined, access: ReadonlySet<string> | undefined): FlavorAnswer {
  if (flavor === undefined) return { status: 'missing' };
  return access === undefined ? { status: 'found', flavor } : { status: 'found', flavor, access };
}
