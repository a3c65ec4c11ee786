import fc from 'fast-check';
import { FairQueue } from '../../src/fairness/fair-queue';

function takeAll(queue: FairQueue<string>): string[] {
  const taken: string[] = [];
  for (let entry = queue.take(); entry !== undefined; entry = queue.take()) taken.push(entry);
  return taken;
}

describe('the sources of a queue', () => {
  it('take turns, each with its oldest entry', () => {
    const queue = new FairQueue<string>(10);
    for (const entry of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) queue.add(entry[0]!, entry);

    expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
  });

  it('get to the end of the turns with what they add later', () => {
    const queue = new FairQueue<string>(10);
    for (const entry of ['a1', 'a2', 'b1']) queue.add(entry[0]!, entry);
    const first = queue.take();
    queue.add('c', 'c1');

    expect([first, ...takeAll(queue)]).toEqual(['a1', 'b1', 'a2', 'c1']);
  });
});

describe('a queue that is full', () => {
  it('lets a newcomer in for the newest of the longest line', () => {
    const queue = new FairQueue<string>(3);
    for (const entry of ['a1', 'a2', 'a3']) queue.add('a', entry);

    expect([queue.add('b', 'b1'), queue.add('c', 'c1'), ...takeAll(queue)]).toEqual(['a3', 'a2', 'a1', 'b1', 'c1']);
  });

  it('refuses whoever is the longest line himself, and a newcomer where all lines are as short as his', () => {
    const queue = new FairQueue<string>(2);
    for (const entry of ['a1', 'a2']) queue.add('a', entry);
    const refused = [queue.add('a', 'a3')];
    queue.remove('a', 'a2');
    refused.push(queue.add('b', 'b1'), queue.add('c', 'c1'));

    expect([...refused, ...takeAll(queue)]).toEqual(['a3', undefined, 'c1', 'a1', 'b1']);
  });

  it('with no room at all refuses everybody', () => {
    const queue = new FairQueue<string>(0);

    expect([queue.add('a', 'a1'), queue.take()]).toEqual(['a1', undefined]);
  });
});

describe('whatever is added, taken and removed', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('add' as const), source: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constant('remove' as const), at: fc.nat(20) }),
  );

  it('stays in order within a source, is in there once, and never more than there is room for', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const queue = new FairQueue<number>(5);
        const inside = new Map<number, string>();
        for (const [number, each] of steps.entries()) {
          if (each.do === 'add') {
            inside.set(number, each.source);
            const gone = queue.add(each.source, number);
            expect(gone === undefined).toBe(inside.size <= 5);
            if (gone !== undefined) inside.delete(gone);
          } else if (each.do === 'take') {
            const taken = queue.take();
            const oldest = [...inside].find(([, source]) => source === inside.get(taken!));
            expect(taken).toBe(oldest?.[0] ?? (inside.size === 0 ? undefined : 'something'));
            inside.delete(taken!);
          } else {
            const [entry, source] = [...inside][each.at] ?? [-1, 'a'];
            expect(queue.remove(source, entry)).toBe(inside.delete(entry));
          }
        }
      }),
    );
  });

  it('passes over sources that are not ready, which keep their turn', () => {
    const queue = new FairQueue<string>();
    for (const entry of ['a1', 'b1', 'b2']) queue.add(entry.charAt(0), entry);
    expect(queue.take((source) => source !== 'a')).toBe('b1');
    expect(queue.take((source) => source === 'c')).toBeUndefined();
    expect([queue.take(), queue.take(), queue.size]).toEqual(['a1', 'b2', 0]);
  });
});
