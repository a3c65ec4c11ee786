import { RegisteredFlavorsError } from '../errors';
import type { Flavor } from '../registrations/flavor';
import type { FlavorCatalog } from '../registrations/flavor-catalog';
import type { LookUpOptions } from '../registrations/flavor-directory';
import { walkFlavors } from './flavor-walk';
import type { NovaClient } from './nova-client';
import { waitForNova } from './within-deadline';

/** Walks through all of Nova's list, each time it is asked. */
export class NovaFlavorCatalog implements FlavorCatalog {
  constructor(
    private readonly nova: NovaClient,
    private readonly options: { readonly deadlineMs: number },
  ) {}

  async list({ globalRequestId, signal }: Pick<LookUpOptions, 'globalRequestId' | 'signal'>): Promise<Flavor[]> {
    const over = new AbortController();
    const call = { globalRequestId, signal: AbortSignal.any([signal, over.signal]) };
    try {
      const walk = walkFlavors(this.nova, 'all', call);
      const { flavors } = await waitForNova(walk, { deadlineMs: this.options.deadlineMs, signal });
      return [...flavors.values()].map(({ flavor }) => {
        if (flavor instanceof RegisteredFlavorsError) throw flavor; // it may be one that is wanted
        return flavor;
      });
    } finally {
      over.abort();
    }
  }
}
