import { RetryBudget } from '../../src/openstack/retry-budget';
import { HandClock } from '../openstack/support/clients';

describe('the budget of retries', () => {
  const takeAll = (budget: RetryBudget): number => {
    let taken = 0;
    while (budget.take()) taken += 1;
    return taken;
  };

  it('allows some at once, and then a few a second', () => {
    const clock = new HandClock();
    const budget = new RetryBudget(clock);
    const counts = [takeAll(budget)];
    for (const seconds of [0, 0.4, 0.2, 3, 3600]) {
      clock.passes(seconds);
      counts.push(takeAll(budget));
    }

    expect(counts).toEqual([30, 0, 0, 1, 6, 30]);
  });

  it.each([-3600, 3600])('is neither lost nor filled when the clock is set by %d s', (seconds) => {
    const clock = new HandClock();
    const budget = new RetryBudget(clock);
    const first = takeAll(budget);
    clock.isSet(seconds);
    const afterwards = takeAll(budget);
    clock.passes(3);

    expect([first, afterwards, takeAll(budget)]).toEqual([30, 0, 6]);
  });
});
