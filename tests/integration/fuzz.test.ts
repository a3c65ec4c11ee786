import { fuzz } from '../fuzz/fuzz';
import { SERVICE } from '../support/service-process';

const SEED = 20_261_125;

/** The short form of `npm run fuzz`: the same requests in each run, so that a red one is about a change. */
describe('requests made from the contract, good and bad', () => {
  it('are answered as the contract says, whatever is wrong with Nova, Keystone and the registry', async () => {
    const { requests, troubles, answers, codes } = await fuzz(26 * 180, SEED, SERVICE);

    expect(requests).toBeGreaterThanOrEqual(26 * 180);
    expect(troubles).toBe(13);
    const operations = Object.entries(answers).filter(([operation]) => operation !== '');
    expect(operations).toHaveLength(17);
    // Hostile requests alone would show little: each operation has to succeed, too.
    expect(operations.filter(([, counts]) => counts['2xx'] === undefined)).toEqual([]);
    expect(codes.length).toBeGreaterThan(20);
  });
});
