import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { ResponseBudget } from '../../src/http/response-budget';

const response = () => new EventEmitter() as unknown as Response;
const body = (bytes: number) => Buffer.alloc(bytes);
const codeOf = (act: () => void): string | undefined => {
  try {
    act();
  } catch (error) {
    return (error as { problems: { code: string }[] }).problems[0]?.code;
  }
  return undefined;
};
const OVERLOADED = 'registered-flavors.service.overloaded';

describe('the bytes of responses on their way', () => {
  it('are a quarter of all for one caller, who may always have one response', () => {
    const budget = new ResponseBudget(100, 0);
    budget.hold(body(90), 'a', response());
    expect(codeOf(() => budget.requireRoom('a'))).toBe(OVERLOADED);
    expect(codeOf(() => budget.hold(body(1), 'a', response()))).toBe(OVERLOADED);
    expect(codeOf(() => budget.requireRoom('b'))).toBeUndefined();
  });

  it('are bounded over all callers', () => {
    const budget = new ResponseBudget(100, 0);
    for (const caller of ['a', 'b', 'c', 'd']) budget.hold(body(25), caller, response());
    expect(codeOf(() => budget.requireRoom('e'))).toBe(OVERLOADED);
  });

  it('are given back when a response is over, read or not', () => {
    const budget = new ResponseBudget(100, 0);
    const [first, second] = [response(), response()];
    budget.hold(body(20), 'a', first);
    budget.hold(body(20), 'a', second);
    expect(codeOf(() => budget.requireRoom('a'))).toBe(OVERLOADED);
    first.emit('close');
    expect(codeOf(() => budget.requireRoom('a'))).toBeUndefined();
  });

  it('count once for a body that goes to many, until the last of them has it', () => {
    const budget = new ResponseBudget(100, 0);
    const shared = body(60);
    const responses = [response(), response(), response()];
    responses.forEach((each, index) => budget.hold(shared, `user-${index}`, each));
    expect(codeOf(() => budget.requireRoom('user-1'))).toBeUndefined();
    responses[0]!.emit('close');
    responses[1]!.emit('close');
    expect(codeOf(() => budget.requireRoom('user-0'))).toBe(OVERLOADED);
    responses[2]!.emit('close');
    expect(codeOf(() => budget.requireRoom('user-0'))).toBeUndefined();
  });

  it('are not counted where a body fits into the buffers of its socket', () => {
    const budget = new ResponseBudget(100, 50);
    for (let count = 0; count < 100; count += 1) budget.hold(body(49), 'a', response());
    expect(codeOf(() => budget.requireRoom('a'))).toBeUndefined();
  });
});
