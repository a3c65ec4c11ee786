import {
  type Currency,
  type FlavorAnswer,
  leastCurrent,
  type LookUp,
  type ReasonToAsk,
} from '../registrations/flavor-directory';
import type { FlavorId } from '../registrations/flavor-id';
import { eachInTurns, type NextTurn } from '../registrations/in-turns';
import type { Remembered } from './flavor-memory';

/** What one look-up has found so far, and why Nova was asked for it. */
export class Looking {
  private readonly known = new Map<FlavorId, Remembered>();
  private readonly reasons = new Map<FlavorId, ReasonToAsk>();

  /** Why Nova did not say what some of the flavors are, if it did not. */
  failure: Error | undefined;

  get all(): ReadonlyMap<FlavorId, Remembered> {
    return this.known;
  }

  /** Finds an id, or finds out more about one. The first reason holds, unless what was asked was asked in vain. */
  found(flavorId: FlavorId, known: Remembered, reason?: ReasonToAsk): void {
    this.known.set(flavorId, known);
    if (reason === 'the old, in vain' || (reason !== undefined && !this.reasons.has(flavorId))) {
      this.reasons.set(flavorId, reason);
    }
  }

  /** Finds only what was known before. */
  inVain(flavorId: FlavorId, older: Remembered, failure: Error): void {
    this.failure = failure;
    this.found(flavorId, older, 'the old, in vain');
  }

  async end(nextTurn: NextTurn, goodUntil: (known: Remembered) => number): Promise<LookUp> {
    const answers = new Map<FlavorId, FlavorAnswer>();
    const all = new LeastCurrent();
    await eachInTurns(this.known, nextTurn, ([flavorId, known]) => {
      answers.set(flavorId, known.answer);
      all.take(goodUntil(known), this.reasons.get(flavorId));
    });
    const currencyOf = (flavorIds: Iterable<FlavorId>): Currency => {
      const some = new LeastCurrent();
      for (const flavorId of flavorIds) {
        const known = this.known.get(flavorId);
        if (known !== undefined) some.take(goodUntil(known), this.reasons.get(flavorId));
      }
      return some.currency;
    };
    return { ...all.currency, answers, currencyOf };
  }
}

/** {@link leastCurrent} of very many, without an object for each. */
class LeastCurrent {
  private goodUntil = Infinity;
  private readonly reasons = new Set<ReasonToAsk>();

  take(goodUntil: number, reason: ReasonToAsk | undefined): void {
    if (goodUntil < this.goodUntil) this.goodUntil = goodUntil;
    if (reason !== undefined) this.reasons.add(reason);
  }

  get currency(): Currency {
    const { goodUntil } = this;
    return leastCurrent([
      { goodUntil, askedFor: 'nothing' },
      ...[...this.reasons].map((askedFor) => ({ goodUntil, askedFor })),
    ]);
  }
}
