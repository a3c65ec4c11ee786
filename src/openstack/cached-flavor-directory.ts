import type { Clock } from '../clock';
import type { FlavorAnswer, FlavorDirectory, LookUpOptions } from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import { RememberedAnswers } from './remembered-answers';

type Answers = ReadonlyMap<FlavorId, FlavorAnswer>;

/**
 * Remembers what another directory said of flavors, missing ones included.
 *
 * What was asked together with access lists is remembered apart from what was asked without: the id of a deleted flavor
 * can be used again, and an access list must never go with another flavor than the one it was asked with.
 */
export class CachedFlavorDirectory implements FlavorDirectory {
  private readonly withoutAccess: RememberedAnswers<FlavorAnswer>;
  private readonly withAccess: RememberedAnswers<FlavorAnswer>;

  constructor(
    private readonly directory: FlavorDirectory,
    options: { readonly ttlSeconds: number; readonly maxEntries: number },
    clock: Clock,
  ) {
    this.withoutAccess = new RememberedAnswers(options, clock);
    this.withAccess = new RememberedAnswers({ ...options, isWhole: hasItsAccess }, clock);
  }

  async lookUp(flavorIds: readonly FlavorId[], options: LookUpOptions): Promise<Answers> {
    if (options.fresh) {
      const answers = await this.withoutAccess.refresh(flavorIds, (ids) => this.directory.lookUp(ids, options));
      this.withAccess.forget(flavorIds);
      return answers;
    }
    const remembered = options.withAccess ? this.withAccess : this.withoutAccess;
    return remembered.lookUp(flavorIds, (ids) => this.directory.lookUp(ids, shared(options)));
  }
}

function hasItsAccess(answer: FlavorAnswer): boolean {
  if (answer.status === 'missing' || answer.flavor.isPublic || answer.flavor.isDisabled === true) return true;
  return answer.access !== undefined;
}

/** Others may join the look-up: it does not end when the client who began it goes away. */
function shared(options: LookUpOptions): LookUpOptions {
  return { ...options, signal: new AbortController().signal };
}
