import type { Clock } from '../clock';
import type { Currency, FlavorDirectory } from './flavor-directory';
import type { RegistrationStore } from './registration-store';

/** When something was known, of the two things that a view is made of. */
export interface AsOf {
  /** `RegistrationStore.revision` */
  readonly registry: number;
  /** `FlavorDirectory.revision` */
  readonly details: number;
  /** From when until when; milliseconds since 1970-01-01T00:00:00Z. A clock that is set back may lead before it. */
  readonly goodFrom: number;
  readonly goodUntil: number;
  /** Until when what it shows is fresh; that is later, or never, where what it hides is older. */
  readonly shownUntil: number;
}

/**
 * What one viewer sees. One and the same object as long as nothing of it has changed, so that whatever is made of it (its
 * bytes, its ETag) can be kept beside it.
 */
export interface View {
  /** Whose eyes and what was asked for: no two callers share it unless they see the same. */
  readonly key: string;
  /** It holds without another look while these are so. Renewed when another look has found nothing new. */
  asOf: AsOf;
}

/** Where views are kept. They may be lost at any time. */
export interface ViewMemory<V extends View> {
  recall(key: string): V | undefined;
  remember(view: V): void;
}

export interface ViewPorts<V extends View> {
  readonly store: RegistrationStore;
  readonly flavors: FlavorDirectory;
  readonly views: ViewMemory<V>;
  readonly clock: Clock;
}

/** What was read, and why Nova was asked for what it shows, if it was. */
export interface Reading<V extends View> {
  readonly view: V;
  readonly askedFor: Currency['askedFor'];
}

/** What another look at registry and details has brought. */
export interface Look<V extends View> {
  /** Until when all that was looked at is good, also what is not shown. */
  readonly goodUntil: number;
  /** How current that is what is shown: whatever is hidden must not be heard of this way either. */
  readonly shown: Currency;
  /** Whether a view shows just this. */
  isOf(view: V): boolean;
  create(asOf: AsOf): V;
}

/**
 * The view with this key. While nothing has changed it is the same one as last time, found without a query. When
 * something may have changed, another look is taken; and when that finds that all is as it was, it is the same view again.
 *
 * @throws whatever `look` throws
 */
export async function readView<V extends View>(
  { store, flavors, views, clock }: ViewPorts<V>,
  key: string,
  look: () => Promise<Look<V>>,
): Promise<Reading<V>> {
  const known = views.recall(key);
  // Before the look itself: what changes in between is looked at next time.
  const registry = store.revision();
  const details = flavors.revision;
  const goodFrom = clock.now();
  if (known !== undefined && known.asOf.registry === registry && known.asOf.details === details) {
    const isGood = goodFrom >= known.asOf.goodFrom && goodFrom < known.asOf.goodUntil;
    if (isGood) return { view: known, askedFor: 'nothing' };
  }
  const looked = await look();
  const { askedFor, goodUntil: shownUntil } = looked.shown;
  const asOf = { registry, details, goodFrom, goodUntil: looked.goodUntil, shownUntil };
  const latest = views.recall(key); // others may have read the same meanwhile
  if (latest !== undefined && looked.isOf(latest)) {
    latest.asOf = asOf;
    return { view: latest, askedFor };
  }
  const view = looked.create(asOf);
  views.remember(view);
  return { view, askedFor };
}
