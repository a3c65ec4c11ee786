/** Beyond this part of a name that would have to change, it is another name and no slip. */
const MOST_CHANGED = 1 / 3;

/**
 * The one of the names that was probably meant: the fewest letters added, left out, changed or swapped with the next one
 * (optimal string alignment); of equally near ones the first. Undefined when none is near.
 * @param atMost how many changes make another name of it, however long it is
 */
export function nearestName(given: string, names: readonly string[], atMost = Infinity): string | undefined {
  let nearest: string | undefined;
  let fewest = Infinity;
  for (const name of names) {
    const most = Math.min(atMost, Math.max(1, Math.floor(Math.max(given.length, name.length) * MOST_CHANGED)));
    if (Math.abs(given.length - name.length) > most) continue; // it takes at least as many changes; long texts end here
    const changes = countChanges(given, name);
    if (changes <= most && changes < fewest) [nearest, fewest] = [name, changes];
  }
  return nearest;
}

function countChanges(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      let fewest = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + (isSame ? 0 : 1));
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwapped) fewest = Math.min(fewest, before[column - 2]! + 1);
      next.push(fewest);
    }
    [before, last] = [last, next];
  }
  return last[b.length]!;
}
