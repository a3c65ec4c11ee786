import { answerFor, type Currency, LeastCurrent, REASONS_TO_ASK } from '../../src/registrations/flavor-directory';
import type { Flavor } from '../../src/registrations/flavor';
import { isByAccessList } from '../../src/registrations/visibility';

describe('several answers together', () => {
  const current = (goodUntil: number, reason: number): Currency => ({ goodUntil, askedFor: REASONS_TO_ASK[reason]! });

  it.each<[Currency[], Currency]>([
    [[], current(Infinity, 0)],
    [[current(5, 1)], current(5, 1)],
    [[current(5, 3), current(7, 1), current(6, 2)], current(5, 3)],
    [[current(7, 0), current(5, 2), current(6, 0)], current(5, 2)],
  ])('are as good as the one that is good for the shortest, and tell the gravest reason: %j', (all, together) => {
    const least = new LeastCurrent();
    for (const each of all) least.take(each);
    expect(least.currency).toEqual(together);
  });

  it('have a gap only by a defect, which is not taken for a flavor that is missing', () => {
    const answers = new Map([['1', { status: 'missing' as const }]]);
    expect(answerFor(answers, '1')).toEqual({ status: 'missing' });
    expect(() => answerFor(answers, '2')).toThrow('the flavor directory gave no answer for "2"');
  });
});

describe('an access list', () => {
  it.each([
    ['public', true, false, false],
    ['public and disabled', true, true, false],
    ['private', false, false, true],
    ['private, and nobody tells whether it is disabled,', false, undefined, true],
    ['private and disabled', false, true, false],
  ])('of a flavor that is %s decides who sees it', (_, isPublic, isDisabled, expected) => {
    expect(isByAccessList({ isPublic, isDisabled } as Flavor)).toBe(expected);
  });
});
