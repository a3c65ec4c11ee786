import { Histogram, Registry } from '@prometheus-io/client';
import fc from 'fast-check';
import { Distribution } from '../../src/metrics/distribution';

const BOUNDS = [0.1, 1, 10];

it('a distribution tells the same as a histogram of the library', async () => {
  const value = fc.oneof(fc.double({ min: 0, max: 20, noNaN: true }), fc.constantFrom(...BOUNDS));
  const added = fc.array(fc.tuple(fc.constantFrom('a', 'b"\n'), value), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(added, async (values) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const distribution = new Distribution<'of'>(ours, 'name', 'help', BOUNDS);
      const options = { name: 'name', help: 'help', labelNames: ['of'], buckets: BOUNDS, registers: [theirs] };
      const histogram = new Histogram(options);
      for (const [of, number] of values) {
        distribution.add(of, () => ({ of }), number);
        histogram.observe({ of }, number);
      }
      const lines = async (registry: Registry) =>
        (await registry.metrics())
          .split('\n')
          .map((line) => line.replace(/\{le="([^"]*)",(.*)\}/, '{$2,le="$1"}'))
          .sort();
      expect(await lines(ours)).toEqual(await lines(theirs));
    }),
  );
});
