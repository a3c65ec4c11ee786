/** So much is done in one piece; then it is the turn of other requests. */
const MAX_IN_ONE_PIECE = 1_000;

/**
 * Does the same with each of many items without stopping other requests for long: every thousand items it waits for its
 * next turn. Fewer are done at once.
 */
export async function eachInTurns<T>(
  items: Iterable<T>,
  nextTurn: () => Promise<void>,
  work: (item: T) => void,
): Promise<void> {
  let done = 0;
  for (const item of items) {
    if (done === MAX_IN_ONE_PIECE) {
      await nextTurn();
      done = 0;
    }
    work(item);
    done += 1;
  }
}
