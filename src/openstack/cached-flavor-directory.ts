import type { Clock } from '../clock';
import type { AccessAnswer, FlavorAnswer, FlavorDirectory, LookUpOptions } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import { RememberedAnswers, type RememberedAnswersOptions } from './remembered-answers';

/** Remembers what another directory said of flavors, missing ones included, and of who may use them. */
export class CachedFlavorDirectory implements FlavorDirectory {
  private readonly details: RememberedAnswers<FlavorAnswer>;
  private readonly access: RememberedAnswers<AccessAnswer>;

  constructor(
    private readonly directory: FlavorDirectory,
    options: RememberedAnswersOptions,
    clock: Clock,
  ) {
    this.details = new RememberedAnswers(options, clock);
    this.access = new RememberedAnswers(options, clock);
  }

  async lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<ReadonlyMap<FlavorId, FlavorAnswer>> {
    if (options.fresh) return this.details.refresh(flavorIds, (ids) => this.directory.lookUp(ids, options));
    return this.details.lookUp(flavorIds, (ids) => this.directory.lookUp(ids, shared(options)));
  }

  async findAccess(
    flavorIds: readonly FlavorId[],
    options: LookUpOptions,
  ): Promise<ReadonlyMap<FlavorId, AccessAnswer>> {
    return this.access.lookUp(flavorIds, (ids) => this.directory.findAccess(ids, shared(options)));
  }
}

/** Others may join the look-up: it does not end when the client who began it goes away. */
function shared(options: LookUpOptions): LookUpOptions {
  return { ...options, signal: new AbortController().signal };
}
