import type { FlavorId } from '../registrations/flavor-id';
import type { FlavorPage, ListedFlavor, NovaClient } from './nova-client';
import type { NovaCall } from './nova-session';
import { novaErrors } from './upstream-errors';

/** Nova's own default maximum; it cuts what is above an operator's smaller one. */
const PAGE_LIMIT = 1000;

/** What a walk through Nova's list brought. */
export interface Walk {
  /** Every flavor that went by: those of the wanted ones that the list has, and others. */
  readonly flavors: ReadonlyMap<FlavorId, ListedFlavor>;
  /** Whether it went to the end of the list; then these are all that there are. */
  readonly isComplete: boolean;
}

/** The flavors with these ids, or all that there are. */
type Wanted = readonly FlavorId[] | 'all';

/**
 * Walks Nova's list of flavors page by page until all that is wanted has been found, or to its end.
 *
 * The next page is asked for by marker; Nova's own link is not followed, it may name an internal host. When the
 * marker's flavor is deleted meanwhile, the walk starts over, once.
 * @throws RegisteredFlavorsError `upstream answered badly` when the list runs in a circle
 */
export async function walkFlavors(nova: NovaClient, wanted: Wanted, call: NovaCall): Promise<Walk> {
  const walk = (await walkOnce(nova, wanted, call)) ?? (await walkOnce(nova, wanted, call));
  if (walk === undefined) throw novaErrors.answeredBadly('Nova lost the marker of its own list of flavors, twice.');
  return walk;
}

/** Undefined when the marker was lost. */
async function walkOnce(nova: NovaClient, wanted: Wanted, call: NovaCall): Promise<Walk | undefined> {
  const missing = wanted === 'all' ? undefined : new Set(wanted);
  const flavors = new Map<FlavorId, ListedFlavor>();
  let marker: FlavorId | undefined;
  for (;;) {
    const page = await nova.listFlavors({ limit: PAGE_LIMIT, ...(marker === undefined ? {} : { marker }) }, call);
    if (page === undefined) return undefined;
    const seenBefore = flavors.size;
    for (const listed of page.flavors) {
      flavors.set(listed.id, listed);
      missing?.delete(listed.id);
    }
    marker = nextMarker(page);
    const isComplete = marker === undefined;
    if (missing?.size === 0 || isComplete) return { flavors, isComplete };
    if (flavors.size === seenBefore) throw novaErrors.answeredBadly("Nova's list of flavors runs in a circle.");
  }
}

/** A full last page has a next link, too; it leads to an empty page, which has none. */
function nextMarker(page: FlavorPage): FlavorId | undefined {
  if (!page.hasNext) return undefined;
  const last = page.flavors.at(-1);
  if (last === undefined) throw novaErrors.answeredBadly("Nova's list of flavors goes on after a page without any.");
  return last.id;
}
