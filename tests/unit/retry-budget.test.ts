import { RetryBudget } from '../../src/openstack/retry-budget';

describe('the budget of retries', () => {
  let now = 0;
  const takeAll = (budget: RetryBudget): number => {
    let taken = 0;
    while (budget.take()) taken += 1;
    return taken;
  };

  it('allows some at once, and then a few a second', () => {
    const budget = new RetryBudget({ now: () => now });
    const counts = [takeAll(budget)];
    for (const seconds of [0, 0.4, 0.2, 3, 3600]) {
      now += seconds * 1000;
      counts.push(takeAll(budget));
    }

    expect(counts).toEqual([30, 0, 0, 1, 6, 30]);
  });

  it('is not lost when the clock is set back', () => {
    const budget = new RetryBudget({ now: () => now });
    now -= 3_600_000;

    expect(takeAll(budget)).toBe(30);
  });
});
