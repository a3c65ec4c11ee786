import { FewAtOnce } from '../../src/registrations/few-at-once';

describe('few at once', () => {
  it('run no more than so many at a time, in the order in which they came, also when one fails', async () => {
    const few = new FewAtOnce(2);
    const began: number[] = [];
    const finish: ((error?: Error) => void)[] = [];
    let running = 0;
    let most = 0;
    const done = Array.from({ length: 5 }, (_, index) =>
      few.run(async () => {
        began.push(index);
        most = Math.max(most, (running += 1));
        await new Promise<void>((resolve, reject) => (finish[index] = (error) => (error ? reject(error) : resolve())));
        running -= 1;
        return index;
      }),
    );
    done[1]?.catch(() => undefined);
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    await turn();
    expect(began).toEqual([0, 1]);
    running -= 1; // the one that fails does not come to count itself out
    finish[1]?.(new Error('went wrong'));
    await turn();
    expect(began).toEqual([0, 1, 2]);
    for (const index of [0, 2, 3, 4]) {
      finish[index]?.();
      await turn();
    }

    await expect(done[1]).rejects.toThrow('went wrong');
    for (const index of [0, 2, 3, 4]) expect(await done[index]).toBe(index);
    expect([most, await few.run(async () => 'again')]).toEqual([2, 'again']);
  });
});
