import { FairSlots } from '../../src/fairness/fair-slots';
import { FairTurns } from '../../src/fairness/fair-turns';

/** Keeps the processor for a while. */
function work(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('fair turns', () => {
  it('are given at once while the loop has time', () => {
    const turns = new FairTurns();
    expect([turns.take('a'), turns.take('a'), turns.take('b')]).toEqual([undefined, undefined, undefined]);
  });

  it('are waited for when the slice of an iteration is used up, and come caller by caller', async () => {
    const turns = new FairTurns();
    const order: string[] = [];
    void turns.take('a');
    work(6);
    const run = async (key: string, name: string): Promise<void> => {
      await turns.take(key);
      order.push(name);
      work(6);
    };
    await Promise.all([run('a', 'a1'), run('a', 'a2'), run('a', 'a3'), run('b', 'b1'), run('c', 'c1')]);
    expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
  });

  it('let the loop do other things between two of them', async () => {
    const turns = new FairTurns();
    const order: string[] = [];
    void turns.take('a');
    const long = (async () => {
      for (let piece = 0; piece < 5; piece += 1) {
        work(6);
        order.push('piece');
        await turns.take('a');
      }
    })();
    setImmediate(() => order.push('something else'));
    await long;
    expect(order.indexOf('something else')).toBeLessThan(3);
  });

  it('come later while connections come, and most of the time is left for those', async () => {
    const turns = new FairTurns();
    let iterations = 0;
    let isOver = false;
    const count = (): void => {
      iterations += 1;
      turns.newcomer();
      if (!isOver) setImmediate(count);
    };
    void turns.take('a');
    work(6);
    setImmediate(count);
    const pieces = 5;
    for (let piece = 0; piece < pieces; piece += 1) {
      await turns.take('a');
      work(6);
    }
    isOver = true;
    // Without newcomers there is a piece in each iteration. Here 12 ms of iterations that do nothing stand between two.
    expect(iterations).toBeGreaterThan(2 * pieces);
  });

  it('are given at once again when all is done', async () => {
    const turns = new FairTurns();
    void turns.take('a');
    work(6);
    await turns.take('a');
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(turns.take('a')).toBeUndefined();
  });
});

describe('fair slots', () => {
  /** Work that ends when it is told to. */
  function works(slots: FairSlots) {
    const running: string[] = [];
    const ends = new Map<string, () => void>();
    const start = (key: string, name: string) =>
      slots.execute(key, () => {
        running.push(name);
        return new Promise<void>((resolve) => {
          ends.set(name, () => {
            running.splice(running.indexOf(name), 1);
            resolve();
          });
        });
      });
    const end = async (name: string): Promise<void> => {
      ends.get(name)?.();
      await new Promise(setImmediate);
    };
    return { running, start, end };
  }

  it('bound what is under way, in all and of one key', async () => {
    const { running, start, end } = works(new FairSlots({ slots: 3, slotsPerKey: 1 }));
    for (const name of ['a1', 'a2', 'b1', 'b2', 'c1', 'd1']) void start(name.charAt(0), name);
    await new Promise(setImmediate);
    expect(running).toEqual(['a1', 'b1', 'c1']);
    await end('c1');
    expect(running).toEqual(['a1', 'b1', 'd1']);
    await end('a1');
    expect(running).toEqual(['b1', 'd1', 'a2']);
  });

  it('are given back also by what fails', async () => {
    const slots = new FairSlots({ slots: 1, slotsPerKey: 1 });
    const fails = slots.execute('a', () => Promise.reject(new Error('failed')));
    const next = slots.execute('a', async () => 'done');
    await expect(fails).rejects.toThrow('failed');
    expect(await next).toBe('done');
  });
});
