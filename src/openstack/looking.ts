import {
  type Currency,
  type FlavorAnswer,
  LeastCurrent,
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
    const currency = (flavorId: FlavorId, known: Remembered): Currency => ({
      goodUntil: goodUntil(known),
      askedFor: this.reasons.get(flavorId) ?? 'nothing',
    });
    await eachInTurns(this.known, nextTurn, ([flavorId, known]) => {
      answers.set(flavorId, known.answer);
      all.take(currency(flavorId, known));
    });
    const currencyOf = (flavorId: FlavorId): Currency => currency(flavorId, this.known.get(flavorId)!);
    return { ...all.currency, answers, currencyOf };
  }
}
