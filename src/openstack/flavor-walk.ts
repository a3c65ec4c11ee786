import type { FlavorId } from '../registrations/flavor-id';
import type { FlavorPage, ListedFlavor, NovaClient } from './nova-client';
import type { NovaCall } from './nova-session';
import { novaErrors } from './upstream-errors';

/** A list that goes on beyond any of these never ends: no cloud has so many flavors. */
const MAX_PAGES = 1_000;
const MAX_FLAVORS = 100_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** Of what nobody asked for, no more is kept than this, out of the first so many bytes. */
const MAX_OTHERS = 20_000;
const MAX_BYTES_OF_OTHERS = 32 * 1024 * 1024;

/** What a walk through Nova's list brought. */
export interface Walk {
  /** The wanted flavors that the list has, and some of the others that went by. */
  readonly flavors: ReadonlyMap<FlavorId, ListedFlavor>;
  /** How many went by. */
  readonly seen: number;
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
 * @throws RegisteredFlavorsError `upstream answered badly` when the list runs in a circle, or does not end
 */
export async function walkFlavors(nova: NovaClient, wanted: Wanted, call: NovaCall): Promise<Walk> {
  const walk = (await walkOnce(nova, wanted, call)) ?? (await walkOnce(nova, wanted, call));
  if (walk === undefined) throw novaErrors.answeredBadly('Nova lost the marker of its own list of flavors, twice.');
  return walk;
}

/** Undefined when the marker was lost. */
async function walkOnce(nova: NovaClient, wanted: Wanted, call: NovaCall): Promise<Walk | undefined> {
  const passed = new Passed(wanted);
  const markers = new Set<FlavorId>();
  for (let marker: FlavorId | undefined; ;) {
    const page = await nova.listFlavors(marker, call);
    if (page === undefined) return undefined;
    passed.take(page);
    marker = nextMarker(page);
    if (marker === undefined || passed.hasAll) {
      return { flavors: passed.kept, seen: passed.seen, isComplete: marker === undefined };
    }
    if (markers.has(marker)) throw novaErrors.answeredBadly("Nova's list of flavors runs in a circle.");
    markers.add(marker);
    if (markers.size >= MAX_PAGES || passed.isTooMuch) throw endless();
  }
}

/** What has gone by in one walk, as far as it is kept. */
class Passed {
  readonly kept = new Map<FlavorId, ListedFlavor>();
  seen = 0;
  private readonly missing: Set<FlavorId> | undefined;
  private others = 0;
  private bytes = 0;

  constructor(wanted: Wanted) {
    if (wanted !== 'all') this.missing = new Set(wanted);
  }

  get hasAll(): boolean {
    return this.missing?.size === 0;
  }

  get isTooMuch(): boolean {
    return this.seen >= MAX_FLAVORS || this.bytes >= MAX_BYTES;
  }

  take({ flavors, bytes }: FlavorPage): void {
    this.seen += flavors.length;
    this.bytes += bytes;
    for (const listed of flavors) {
      const isWanted = this.missing === undefined || this.missing.delete(listed.id);
      if (isWanted || this.isRoomForOthers()) this.kept.set(listed.id, listed);
    }
  }

  private isRoomForOthers(): boolean {
    this.others += 1;
    return this.others <= MAX_OTHERS && this.bytes <= MAX_BYTES_OF_OTHERS;
  }
}

/** A full last page has a next link, too; it leads to an empty page, which has none. */
function nextMarker(page: FlavorPage): FlavorId | undefined {
  if (!page.hasNext) return undefined;
  const last = page.flavors.at(-1);
  if (last === undefined) throw novaErrors.answeredBadly("Nova's list of flavors goes on after a page without any.");
  return last.id;
}

function endless(): Error {
  return novaErrors.answeredBadly(
    `Nova's list of flavors does not end: it goes on after ${MAX_PAGES} pages, ${MAX_FLAVORS} flavors or ` +
      `${MAX_BYTES} bytes.`,
  );
}
