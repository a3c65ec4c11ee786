const MOST_NAMED = 10;

/** Some texts as a part of a sentence: the first ten, and how many more there are. */
export function enumerated(texts: readonly string[]): string {
  const named = texts.slice(0, MOST_NAMED).join(', ');
  const rest = texts.length - MOST_NAMED;
  return rest > 0 ? `${named} and ${rest} more` : named;
}
