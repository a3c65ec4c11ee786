import { SingleFlight } from '../../src/fairness/single-flight';

/** Work that ends when it is told to, and knows whether it was abandoned. */
function someWork() {
  let end: (value: string) => void = () => undefined;
  const promise = new Promise<string>((resolve) => (end = resolve));
  const begun: AbortSignal[] = [];
  const begin = (abandoned: AbortSignal): Promise<string> => {
    begun.push(abandoned);
    return promise;
  };
  return { begin, begun, end };
}
const patiently = (work: Promise<string>): Promise<string> => work;
const impatiently = (): Promise<string> => Promise.reject(new Error('too late'));

describe('work that several ask for', () => {
  it('is done once, and once more when it is asked for afterwards', async () => {
    const [flights, work] = [new SingleFlight<string>(), someWork()];
    const all = ['a', 'a', 'b'].map((key) => flights.join(key, work.begin, patiently));
    work.end('done');
    await Promise.all(all);
    await flights.join('a', work.begin, patiently);

    expect(work.begun.map(({ aborted }) => aborted)).toEqual([false, false, false]);
  });

  it('goes on while one of them waits', async () => {
    const [flights, work] = [new SingleFlight<string>(), someWork()];
    const waits = flights.join('a', work.begin, patiently);
    await expect(flights.join('a', work.begin, impatiently)).rejects.toThrow('too late');
    const [signal] = work.begun;
    const wasAbandoned = signal?.aborted;
    work.end('done');

    expect([await waits, wasAbandoned, work.begun.length]).toEqual(['done', false, 1]);
  });

  it('is abandoned when nobody waits any more, and begun anew for whoever comes then', async () => {
    const [flights, work] = [new SingleFlight<string>(), someWork()];
    await expect(flights.join('a', work.begin, impatiently)).rejects.toThrow('too late');
    const waits = flights.join('a', work.begin, patiently);
    work.end('done');

    expect([await waits, work.begun.length, work.begun[0]?.aborted]).toEqual(['done', 2, true]);
  });
});
