import type { CallContext } from './caller';
import type { AcceptedFlavor } from './flavor';
import { answerFor, type Currency, type FlavorDirectory, LeastCurrent } from './flavor-directory';
import type { FlavorId } from './flavor-id';
import { eachInTurns } from './in-turns';
import type { Viewer } from './policy';
import type { ReadRequest } from './read-request';
import { type ShownFlavor, see, seesAll } from './shown-flavor';

/** How many flavors are looked up at once: what the directory answers stays in memory until they have been joined. */
export const MAX_FLAVORS_PER_LOOK_UP = 10_000;

/** Collects the flavors that one viewer sees and wants, with what Nova says of each, and how current that is. */
export class VisibleFlavors {
  /** What is shown of each, in the order in which they were added. */
  readonly shown = new Map<FlavorId, Pick<ShownFlavor, 'details'>>();
  readonly #currencies = new Map<FlavorId, Currency>();
  readonly #ofAll = new LeastCurrent();

  constructor(
    private readonly flavors: FlavorDirectory,
    private readonly call: CallContext,
    private readonly wanted: { readonly viewer: Viewer; readonly request: ReadRequest },
  ) {}

  /**
   * Looks up registered flavors, and keeps those that are visible and wanted. Nova is not asked where it does not matter.
   * @throws RegisteredFlavorsError whatever the directory throws
   */
  async add(accepted: readonly AcceptedFlavor[]): Promise<void> {
    for (let from = 0; from < accepted.length; from += MAX_FLAVORS_PER_LOOK_UP) {
      await this.#addBlock(accepted.slice(from, from + MAX_FLAVORS_PER_LOOK_UP));
    }
  }

  /** Until when all look-ups are current. */
  get goodUntil(): number {
    return this.#ofAll.currency.goodUntil;
  }

  /** How current what is known of these flavors is. */
  async currencyOf(flavors: readonly { readonly flavorId: FlavorId }[]): Promise<Currency> {
    const least = new LeastCurrent();
    await eachInTurns(flavors, this.call.nextTurn, ({ flavorId }) => {
      const currency = this.#currencies.get(flavorId);
      if (currency !== undefined) least.take(currency);
    });
    return least.currency;
  }

  async #addBlock(accepted: readonly AcceptedFlavor[]): Promise<void> {
    const { viewer, request } = this.wanted;
    const { globalRequestId, signal, nextTurn } = this.call;
    if (seesAll(viewer, request)) {
      await eachInTurns(accepted, nextTurn, ({ id }) => this.shown.set(id, { details: undefined }));
      return;
    }
    const lookUp = await this.flavors.lookUp(
      accepted.map(({ id }) => id),
      {
        ...{ globalRequestId, signal, nextTurn, withAccess: viewer.is === 'project' },
        accept: request.hydrate ? 'the current' : 'the known',
      },
    );
    this.#ofAll.take(lookUp);
    await nextTurn(); // all who waited for the same look-up go on at this moment
    await eachInTurns(accepted, nextTurn, (each) => {
      const shown = see(viewer, request, each, answerFor(lookUp.answers, each.id));
      if (shown === undefined) return;
      this.shown.set(each.id, shown);
      this.#currencies.set(each.id, lookUp.currencyOf(each.id));
    });
  }
}
