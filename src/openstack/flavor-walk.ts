import type { Flavor } from '../registrations/flavor';
import type { FlavorId } from '../registrations/flavor-id';
import type { FlavorPage, NovaClient } from './nova-client';
import type { NovaCall } from './nova-session';
import { novaErrors } from './upstream-errors';

/** Nova's own default maximum; it cuts what is above an operator's smaller one. */
const PAGE_LIMIT = 1000;

/** What a walk through Nova's list brought. */
export interface Walk {
  /** Those of the wanted flavors that the list has. */
  readonly found: ReadonlyMap<FlavorId, Flavor>;
  /** How many flavors went by. */
  readonly seen: number;
  /** Whether it went to the end of the list; then `seen` is how many there are. */
  readonly isComplete: boolean;
}

/**
 * Walks Nova's list of flavors page by page until all that is wanted has been found, or the list ends.
 *
 * The next page is asked for by marker; Nova's own link is not followed, it may name an internal host. When the
 * marker's flavor is deleted meanwhile, the walk starts over, once.
 * @throws RegisteredFlavorsError `upstream answered badly` when the list runs in a circle
 */
export async function walkFlavors(nova: NovaClient, wanted: readonly FlavorId[], call: NovaCall): Promise<Walk> {
  const walk = (await walkOnce(nova, wanted, call)) ?? (await walkOnce(nova, wanted, call));
  if (walk === undefined) throw novaErrors.answeredBadly('Nova lost the marker of its own list of flavors, twice.');
  return walk;
}

/** Undefined when the marker was lost. */
async function walkOnce(nova: NovaClient, wanted: readonly FlavorId[], call: NovaCall): Promise<Walk | undefined> {
  const missing = new Set(wanted);
  const found = new Map<FlavorId, Flavor>();
  const seen = new Set<FlavorId>();
  let marker: FlavorId | undefined;
  for (;;) {
    const page = await nova.listFlavors({ limit: PAGE_LIMIT, ...(marker === undefined ? {} : { marker }) }, call);
    if (page === undefined) return undefined;
    const seenBefore = seen.size;
    for (const flavor of page.flavors) {
      seen.add(flavor.id);
      if (missing.delete(flavor.id)) found.set(flavor.id, flavor.read());
    }
    marker = nextMarker(page);
    const isComplete = marker === undefined;
    if (missing.size === 0 || isComplete) return { found, seen: seen.size, isComplete };
    if (seen.size === seenBefore) throw novaErrors.answeredBadly("Nova's list of flavors runs in a circle.");
  }
}

/** A full last page has a next link, too; it leads to an empty page, which has none. */
function nextMarker(page: FlavorPage): FlavorId | undefined {
  if (!page.hasNext) return undefined;
  const last = page.flavors.at(-1);
  if (last === undefined) throw novaErrors.answeredBadly("Nova's list of flavors goes on after a page without any.");
  return last.id;
}
