import type { Clock } from '../clock';
import type { FlavorAnswer, FlavorDirectory, LookUpOptions } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import { walkFlavors } from './flavor-walk';
import { planLookUp, UNREACHABLE_BY_PATH } from './look-up-planner';
import type { NovaCall, NovaClient } from './nova-client';

/** Asks Nova itself, in batches: a plan chooses between parallel GETs and a walk through the list. */
export class NovaFlavorDirectory implements FlavorDirectory {
  private flavorsInNova: number | undefined;

  constructor(
    private readonly nova: NovaClient,
    /** How long one look-up may take as a whole. */
    private readonly deadlineMs: number,
    private readonly clock: Clock,
  ) {}

  async lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<Map<FlavorId, FlavorAnswer>> {
    const failed = new AbortController();
    const call = {
      globalRequestId: options.globalRequestId,
      signal: AbortSignal.any([options.signal, failed.signal, AbortSignal.timeout(this.deadlineMs)]),
    };
    try {
      return planLookUp(flavorIds, this.flavorsInNova) === 'get each'
        ? await this.getEach(flavorIds, call)
        : await this.walk(flavorIds, call);
    } finally {
      failed.abort(); // one failed: what else is under way for this look-up is for nothing
    }
  }

  private async getEach(flavorIds: readonly FlavorId[], call: NovaCall): Promise<Map<FlavorId, FlavorAnswer>> {
    const askedAt = this.clock.now();
    const entries = flavorIds.map(async (flavorId): Promise<[FlavorId, FlavorAnswer]> => {
      const flavor = await this.nova.getFlavor(flavorId, call);
      return [flavorId, flavor === undefined ? { status: 'missing', askedAt } : { status: 'found', flavor, askedAt }];
    });
    return new Map(await Promise.all(entries));
  }

  private async walk(flavorIds: readonly FlavorId[], call: NovaCall): Promise<Map<FlavorId, FlavorAnswer>> {
    const askedAt = this.clock.now();
    const { found, seen, isComplete } = await walkFlavors(this.nova, flavorIds, call);
    this.flavorsInNova = isComplete ? seen : Math.max(seen, this.flavorsInNova ?? 0);
    const answers = new Map<FlavorId, FlavorAnswer>();
    for (const flavorId of flavorIds) {
      const flavor = found.get(flavorId);
      answers.set(
        flavorId,
        flavor === undefined ? { status: 'missing', askedAt } : { status: 'found', flavor, askedAt },
      );
    }
    // A flavor created behind the marker, or moved by a deletion, was passed by: look once more before calling it missing.
    const passedBy = flavorIds.filter((flavorId) => !found.has(flavorId) && !UNREACHABLE_BY_PATH.has(flavorId));
    for (const [flavorId, answer] of await this.getEach(passedBy, call)) answers.set(flavorId, answer);
    return answers;
  }
}
