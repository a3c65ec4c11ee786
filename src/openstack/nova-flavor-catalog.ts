import { RegisteredFlavorsError } from '../errors';
import type { Flavor } from '../registrations/flavor';
import type { FlavorCatalog } from '../registrations/flavor-catalog';
import type { LookUpOptions } from '../registrations/flavor-directory';
import { walkFlavors } from './flavor-walk';
import type { NovaClient } from './nova-client';
import type { NovaCall } from './nova-session';
import { askNova } from './within-deadline';

/** Walks through all of Nova's list, each time it is asked. */
export class NovaFlavorCatalog implements FlavorCatalog {
  constructor(
    private readonly nova: NovaClient,
    private readonly options: { readonly deadlineMs: number },
  ) {}

  async list(call: Pick<LookUpOptions, 'globalRequestId' | 'signal'>): Promise<Flavor[]> {
    const walk = (each: NovaCall) => walkFlavors(this.nova, 'all', each);
    const { flavors } = await askNova(call, this.options.deadlineMs, walk);
    return [...flavors.values()].map(({ flavor }) => {
      if (flavor instanceof RegisteredFlavorsError) throw flavor; // it may be one that is wanted
      return flavor;
    });
  }
}
