import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import type { HttpFault } from '../../src/http/http-fault';
import { BodyBudget } from '../../src/http/body-budget';

const MIB = 1024 * 1024;

/** What is said when a body is refused; undefined when it is not. */
function refusalOf(take: () => void): string | undefined {
  try {
    take();
    return undefined;
  } catch (error) {
    return (error as HttpFault).problems[0]?.detail;
  }
}

describe('the budget of bodies', () => {
  let budget: BodyBudget;
  beforeEach(() => (budget = new BodyBudget()));

  const open = (userId: string) => {
    const response = new EventEmitter();
    return { response, held: budget.open(userId, response as Response) };
  };

  it('gives one caller half of it, and all callers all of it', () => {
    const [one, other, third] = [open('one'), open('other'), open('third')];
    expect(refusalOf(() => one.held.grow(16 * MIB))).toBeUndefined();
    expect(refusalOf(() => open('one').held.grow(1))).toMatch(/one caller may take 16777216 bytes/);
    expect(refusalOf(() => other.held.grow(15 * MIB))).toBeUndefined();
    expect(refusalOf(() => third.held.grow(2 * MIB))).toMatch(/together may take 33554432 bytes/);
  });

  it.each(['prefinish', 'close'])('has back what a body took at %s, once', (event) => {
    const { response, held } = open('one');
    held.grow(10 * MIB);
    held.grow(16 * MIB);
    for (let time = 0; time < 2; time += 1) response.emit(event);
    held.grow(16 * MIB); // of what had come by then
    held.takeLargePlace();
    expect(refusalOf(() => open('one').held.takeLargePlace())).toBeUndefined();
    expect(refusalOf(() => open('one').held.grow(16 * MIB))).toBeUndefined();
    expect(refusalOf(() => open('one').held.grow(1))).toBeDefined();
  });

  it('takes a large document of each caller, and two of all, until their answers are made', () => {
    const first = open('one');
    first.held.grow(MIB);
    first.held.takeLargePlace();
    expect(refusalOf(() => first.held.takeLargePlace())).toBeUndefined(); // it is the same one
    expect(refusalOf(() => open('one').held.takeLargePlace())).toMatch(
      /one at a time from each caller, and 2 from all/,
    );
    open('other').held.takeLargePlace();
    expect(refusalOf(() => open('third').held.takeLargePlace())).toBeDefined();
    first.response.emit('prefinish');
    expect(refusalOf(() => open('third').held.takeLargePlace())).toBeUndefined();
    expect(refusalOf(() => open('one').held.grow(16 * MIB))).toBeUndefined(); // a large one's bytes do not count
  });
});
