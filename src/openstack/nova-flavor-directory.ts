import type { Clock } from '../clock';
import { describeError, type Logger } from '../logger';
import type { Flavor } from '../registrations/flavor';
import type { AccessAnswer, FlavorAnswer, FlavorDirectory, LookUpOptions } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import { walkFlavors } from './flavor-walk';
import { ASSUMED_FLAVORS_IN_NOVA, planLookUp, UNREACHABLE_BY_PATH } from './look-up-planner';
import type { NovaClient } from './nova-client';
import type { NovaCall } from './nova-session';
import { novaErrors } from './upstream-errors';
import { withinDeadline } from './within-deadline';

type Found = ReadonlyMap<FlavorId, Flavor>;

/** Asks Nova itself, in batches: a plan chooses between parallel GETs and a walk through the list. */
export class NovaFlavorDirectory implements FlavorDirectory {
  private flavorsInNova = ASSUMED_FLAVORS_IN_NOVA;

  constructor(
    private readonly nova: NovaClient,
    private readonly options: {
      /** How long one look-up may take as a whole. */
      readonly deadlineMs: number;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {}

  async lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<Map<FlavorId, FlavorAnswer>> {
    const askedAt = this.options.clock.now();
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(this.options.deadlineMs)]);
    const found = await this.withinDeadline({ ...options, signal }, (call) => this.lookTwice(flavorIds, call));
    const isClosed = ({ isPublic, isDisabled }: Flavor): boolean => !isPublic && isDisabled !== true;
    const closed = options.withAccess ? [...found.values()].filter(isClosed).map(({ id }) => id) : [];
    const access = await this.findAccess(closed, { ...options, signal });
    return new Map(flavorIds.map((flavorId) => [flavorId, answer(found.get(flavorId), askedAt, access.get(flavorId))]));
  }

  /** Finds out who may use private flavors. One of which that cannot be learned is left out; this never fails. */
  async findAccess(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<Map<FlavorId, AccessAnswer>> {
    const askedAt = this.options.clock.now();
    const learned = new Map<FlavorId, AccessAnswer>();
    const unsettled = new Set(flavorIds.filter((flavorId) => !UNREACHABLE_BY_PATH.has(flavorId)));
    const failures: unknown[] = [];
    const keep = (error: unknown): void => void failures.push(error);
    const learn = async (flavorId: FlavorId, call: NovaCall): Promise<void> => {
      const projectIds = await this.nova.getFlavorAccess(flavorId, call);
      unsettled.delete(flavorId);
      if (projectIds !== undefined) learned.set(flavorId, { projectIds, askedAt });
    };
    if (unsettled.size === 0) return learned;
    await this.withinDeadline(options, async (call) => {
      await this.nova.discover(call); // when nothing can be asked at all, it fails once and not for each flavor
      await Promise.all([...unsettled].map((flavorId) => learn(flavorId, call).catch(keep)));
    }).catch(keep); // what has been learned by the deadline counts
    if (failures.length > 0) {
      const reason = describeError(failures[0]).error;
      this.options.logger.warn('access to private flavors could not be learned', { flavors: unsettled.size, reason });
    }
    return learned;
  }

  private async withinDeadline<T>(options: LookUpOptions, work: (call: NovaCall) => Promise<T>): Promise<T> {
    const { deadlineMs } = this.options;
    const over = new AbortController();
    const signal = AbortSignal.any([options.signal, over.signal, AbortSignal.timeout(deadlineMs)]);
    try {
      return await withinDeadline(work({ globalRequestId: options.globalRequestId, signal }), signal, () =>
        novaErrors.timedOut(`Nova did not give all that was asked before the deadline of ${deadlineMs} ms.`),
      );
    } finally {
      over.abort(); // one failed: what else is under way for this look-up is for nothing
    }
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
    const flavors = await Promise.all(flavorIds.map((flavorId) => this.nova.getFlavor(flavorId, call)));
    return new Map(flavors.flatMap((flavor) => (flavor === undefined ? [] : [[flavor.id, flavor]])));
  }

  private async walk(flavorIds: readonly FlavorId[], call: NovaCall): Promise<Found> {
    const { found, seen, isComplete } = await walkFlavors(this.nova, flavorIds, call);
    this.flavorsInNova = isComplete ? seen : Math.max(seen, this.flavorsInNova);
    return found;
  }
}

function answer(flavor: Flavor | undefined, askedAt: number, access: AccessAnswer | undefined): FlavorAnswer {
  return flavor === undefined ? { status: 'missing', askedAt } : { status: 'found', flavor, askedAt, access };
}
