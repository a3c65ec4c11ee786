/** Asks for the caller's next turn: undefined when the caller may go on at once, otherwise a promise that resolves then. */
export type NextTurn = () => Promise<void> | undefined;

/** How many items are worked on between two turns. One takes microseconds, or tens of them with a costly pattern. */
const ITEMS_PER_PIECE = 50;

/** Works on items one after the other, and lets others have their turn in between. */
export async function eachInTurns<T>(items: Iterable<T>, nextTurn: NextTurn, work: (item: T) => void): Promise<void> {
  let left = ITEMS_PER_PIECE;
  for (const item of items) {
    if (left === 0) {
      const turn = nextTurn();
      if (turn !== undefined) await turn;
      left = ITEMS_PER_PIECE;
    }
    left -= 1;
    work(item);
  }
}

/** Collects what comes in pieces, and lets others have their turn before each piece. */
export async function collectInTurns<T>(pieces: AsyncIterable<readonly T[]>, nextTurn: NextTurn): Promise<T[]> {
  const items: T[] = [];
  for await (const piece of pieces) {
    for (const item of piece) items.push(item);
    await nextTurn();
  }
  return items;
}
