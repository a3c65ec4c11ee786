import fc from 'fast-check';
import { AnswerBudget } from '../../src/openstack/answer-budget';

describe('AnswerBudget', () => {
  it('gives all that it has, and not a byte more', () => {
    const budget = new AnswerBudget(100);
    expect([budget.take(60), budget.take(41), budget.take(40), budget.take(1)]).toEqual([true, false, true, false]);
  });

  it('takes nothing when it refuses', () => {
    const budget = new AnswerBudget(100);
    budget.take(1000);
    expect(budget.take(100)).toBe(true);
  });

  it('gives again what was given back', () => {
    const budget = new AnswerBudget(100);
    budget.take(100);
    budget.giveBack(30);
    expect([budget.take(31), budget.take(30)]).toEqual([false, true]);
  });

  it('never has more in flight than it may, and ends where it began when all is given back', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ bytes: fc.nat({ max: 60 }), ends: fc.boolean() })), (answers) => {
        const budget = new AnswerBudget(100);
        let held: number[] = [];
        for (const { bytes, ends } of answers) {
          if (budget.take(bytes)) held.push(bytes);
          expect(held.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(100);
          if (!ends) continue;
          for (const each of held) budget.giveBack(each);
          held = [];
        }
        for (const each of held) budget.giveBack(each);
        expect([budget.take(100), budget.take(1)]).toEqual([true, false]);
      }),
    );
  });
});
