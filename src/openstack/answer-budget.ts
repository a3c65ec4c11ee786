/**
 * How many bytes of answers may be in memory at once, over all requests towards OpenStack. One answer's own limit is
 * not enough: a hundred answers just below it would still be too much.
 */
export class AnswerBudget {
  private inFlightBytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** Takes bytes out of the budget; false, and nothing taken, when they are not to be had. */
  take(bytes: number): boolean {
    if (this.inFlightBytes + bytes > this.maxBytes) return false;
    this.inFlightBytes += bytes;
    return true;
  }

  /** Puts bytes back that {@link take} gave. */
  giveBack(bytes: number): void {
    this.inFlightBytes -= bytes;
  }
}
