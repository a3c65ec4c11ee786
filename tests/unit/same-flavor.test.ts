import { type Flavor, mayBeSameFlavor, sameFlavor } from '../../src/registrations/flavor';

const flavor: Flavor = {
  id: '1',
  name: 'm1.tiny',
  description: null,
  ram: 512,
  vcpus: 1,
  disk: 1,
  ephemeral: 2,
  swap: 3,
  rxtxFactor: 1,
  isPublic: true,
  isDisabled: false,
  extraSpecs: { a: '1', b: '2' },
};

describe('two descriptions of a flavor', () => {
  it('are the same when all is the same, in whatever order its extra specs come', () => {
    expect(sameFlavor(flavor, { ...flavor, extraSpecs: { b: '2', a: '1' } })).toBe(true);
  });

  it.each(Object.keys(flavor).filter((name) => name !== 'extraSpecs') as (keyof Flavor)[])(
    'differ when %s does, or is there in one of them only',
    (field) => {
      expect(sameFlavor(flavor, { ...flavor, [field]: 'another' })).toBe(false);
      expect(sameFlavor({ ...flavor, [field]: undefined }, flavor)).toBe(false);
    },
  );

  it.each([
    [{}],
    [{ a: '1' }],
    [{ a: '1', b: '3' }],
    [{ a: '1', c: '2' }],
    [{ a: '1', b: '2', c: '3' }],
    [JSON.parse('{"a":"1","__proto__":"2"}') as Record<string, string>],
  ])('differ when their extra specs do: %j', (extraSpecs) => {
    expect(sameFlavor(flavor, { ...flavor, extraSpecs })).toBe(false);
    expect(sameFlavor({ ...flavor, extraSpecs }, flavor)).toBe(false);
    expect(mayBeSameFlavor(flavor, { ...flavor, extraSpecs })).toBe(false);
  });

  it.each([[flavor.extraSpecs], [{}]])(
    'do not say the same when one does not tell %j, and may be of the same',
    (told) => {
      const [a, b] = [
        { ...flavor, extraSpecs: told },
        { ...flavor, extraSpecs: null },
      ];
      expect([sameFlavor(a, b), sameFlavor(b, a), sameFlavor(b, { ...b })]).toEqual([false, false, true]);
      expect([mayBeSameFlavor(a, b), mayBeSameFlavor(b, a), mayBeSameFlavor(a, { ...b, ram: 1 })]).toEqual([
        ...[true, true, false],
      ]);
    },
  );
});
