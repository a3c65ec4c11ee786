import { isTooLarge } from './upstream-failure';

/** Nova's own default maximum; it cuts what is above an operator's smaller one. */
const MAX_FLAVORS = 1000;
/** A page that is too large is asked for again with so much less, and costs Nova and us all its bytes each time. */
const SMALLER = 4;
/** Parsing a page stops everything else in this process: the next ones are smaller than one with so many bytes. */
const COMFORTABLE_BYTES = 4 * 1024 * 1024;
/** After that larger pages are tried again: the long descriptions may be gone. */
const MAX_AGE_MS = 600_000;

/** How many flavors a page of Nova's list may hold: as many as possible, as few as its bytes make necessary. */
export class PageSize {
  private flavors = MAX_FLAVORS;
  private foundAt = 0;

  /**
   * Asks for a page, and for a smaller one as long as it is too large. A size that worked is remembered; when none did
   * it may be Nova that is broken, and nothing is.
   * @throws whatever `ask` throws
   */
  async ask<Page extends { readonly bytes: number }>(
    ask: (limit: number) => Promise<Page | undefined>,
  ): Promise<Page | undefined> {
    for (let limit = this.current; ; limit = smallerThan(limit)) {
      try {
        const page = await ask(limit);
        if (page !== undefined) this.remember(limit, page.bytes);
        return page;
      } catch (error) {
        if (limit === 1 || !isTooLarge(error)) throw error;
      }
    }
  }

  private get current(): number {
    if (performance.now() - this.foundAt > MAX_AGE_MS) this.flavors = MAX_FLAVORS;
    return this.flavors;
  }

  private remember(limit: number, bytes: number): void {
    const fitting = bytes > COMFORTABLE_BYTES ? smallerThan(limit) : limit;
    if (fitting >= this.flavors) return;
    this.flavors = fitting;
    this.foundAt = performance.now();
  }
}

function smallerThan(limit: number): number {
  return Math.max(1, Math.floor(limit / SMALLER));
}
