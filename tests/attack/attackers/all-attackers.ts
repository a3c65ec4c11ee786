import { ASKS_MUCH } from './asks-much';
import type { Attacker } from './attacker';
import { DOES_NOT_READ } from './does-not-read';
import { LEAVES } from './leaves';
import { NOBODY } from './nobody';

export const ALL_ATTACKERS: readonly Attacker[] = [...LEAVES, ...ASKS_MUCH, ...DOES_NOT_READ, ...NOBODY];

/**
 * Those whose names have one of the words in them; all of them without a word.
 * @throws Error when a word is in no name
 */
export function attackersNamed(words: readonly string[]): readonly Attacker[] {
  const unknown = words.filter((word) => !ALL_ATTACKERS.some(({ name }) => name.includes(word)));
  if (unknown.length > 0) throw new Error(`there is no attacker ${unknown.join()}`);
  return ALL_ATTACKERS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
}
