import { setImmediate } from 'node:timers/promises';
import { collectInTurns, eachInTurns } from '../../src/registrations/in-turns';

describe('work in turns', () => {
  it.each([
    [0, 0],
    [50, 0],
    [51, 1],
    [100, 1],
    [101, 2],
  ])('on %d things asks for a turn in between %d times', async (count, expected) => {
    let turns = 0;
    const seen: number[] = [];
    const things = Array.from({ length: count }, (_, index) => index);
    const nextTurn = () => {
      turns += 1;
      return turns % 2 === 0 ? undefined : setImmediate();
    };
    await eachInTurns(things, nextTurn, (thing) => seen.push(thing));
    expect([turns, seen]).toEqual([expected, things]);
  });

  it('collects what comes in pieces, with a turn behind each', async () => {
    async function* pieces() {
      yield [1, 2];
      yield [];
      yield [3];
    }
    let turns = 0;
    expect(await collectInTurns(pieces(), () => void (turns += 1))).toEqual([1, 2, 3]);
    expect(turns).toBe(3);
  });
});
