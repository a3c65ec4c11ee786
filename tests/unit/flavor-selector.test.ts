import fc from 'fast-check';
import type { Flavor } from '../../src/registrations/flavor';
import { type FlavorSelector, selects } from '../../src/registrations/flavor-selector';
import { matchesGlob } from '../../src/registrations/glob';

const flavor: Flavor = {
  id: '1',
  name: 'db.Small-ü',
  description: null,
  ram: 4096,
  vcpus: 2,
  disk: 20,
  ephemeral: 0,
  swap: 0,
  rxtxFactor: 1,
  isPublic: true,
  isDisabled: false,
  extraSpecs: { 'hw:cpu_policy': 'dedicated', 'trait:HW_CPU:X': 'required:yes', plain: '', ['__proto__']: 'own' },
};

describe('a glob', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['?', '', false],
    ['?', 'a', true],
    ['db.*', 'db.small', true],
    ['db.*', 'dbXsmall', false],
    ['*small', 'db.small', true],
    ['*s*l*', 'db.small', true],
    ['*s*x*', 'db.small', false],
    ['d?.*', 'db.', true],
    ['DB.*', 'db.small', false],
    ['a*b', 'ab-ab-a', false],
    ['a*b', 'ab-ab', true],
    ['[a]*', '[a]b', true],
    ['a\\*', 'a\\b', true],
    ['?', '😀', true],
    ['??', '😀', false],
    ['*??', '😀', false],
    ['?😀', 'ü😀', true],
    ['\ud83d?', '😀', false],
  ])('"%s" matches "%s": %s', (glob, text, expected) => {
    expect(matchesGlob(glob, text)).toBe(expected);
  });

  it('is as a regular expression says', () => {
    const letters = (...all: string[]) =>
      fc.array(fc.constantFrom(...all), { maxLength: 12 }).map((some) => some.join(''));
    fc.assert(
      fc.property(letters('a', '😀', '😁', '*', '?'), letters('a', '😀', '😁'), (glob, text) => {
        const pattern = glob.replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchesGlob(glob, text)).toBe(new RegExp(`^${pattern}$`, 'u').test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('cannot be made slow', () => {
    // As a regular expression this one would take longer than the universe has.
    expect(matchesGlob('*a'.repeat(100) + 'b', 'a'.repeat(255))).toBe(false);
  });
});

describe('a selector', () => {
  it.each<[Partial<FlavorSelector>, boolean]>([
    [{}, true],
    [{ name: 'db.*' }, true],
    [{ name: 'small' }, false],
    [{ minVcpus: 2, minRam: 4096, minDisk: 20 }, true],
    [{ minVcpus: 3 }, false],
    [{ minRam: 4097 }, false],
    [{ minDisk: 21 }, false],
    [{ isPublic: true }, true],
    [{ isPublic: false }, false],
    [{ extraSpecs: ['hw:cpu_policy:dedicated'] }, true],
    [{ extraSpecs: ['hw:cpu_policy:ded*'] }, true],
    [{ extraSpecs: ['hw:cpu_policy:shared'] }, false],
    [{ extraSpecs: ['hw:cpu_policy:*', 'plain:'] }, true],
    [{ extraSpecs: ['hw:cpu_policy:*', 'plain:x'] }, false],
    [{ extraSpecs: ['trait:HW_CPU:X:required:yes'] }, true],
    [{ extraSpecs: ['trait:HW_CPU:X:required'] }, false],
    [{ extraSpecs: ['hw'] }, false],
    [{ extraSpecs: ['__proto__:own'] }, true],
    [{ extraSpecs: ['constructor:*'] }, false],
    [{ extraSpecsByKey: new Map([['hw:cpu_policy', 'ded*']]) }, true],
    [{ extraSpecsByKey: new Map([['hw', 'cpu_policy:dedicated']]) }, false],
    [{ extraSpecsByKey: new Map([['trait:HW_CPU:X', 'required:yes']]) }, true],
    [{ extraSpecsByKey: new Map([['trait:HW_CPU:X:required', 'yes']]) }, false],
    [{ extraSpecsByKey: new Map([['__proto__', 'own']]) }, true],
    [{ extraSpecsByKey: new Map([['toString', '*']]) }, false],
    [{ extraSpecs: ['plain:'], extraSpecsByKey: new Map([['plain', 'x']]) }, false],
    [{ name: 'db.*', isPublic: true, minVcpus: 1, extraSpecs: ['plain:*'] }, true],
  ])('%j selects it: %s', (selector, expected) => {
    expect(selects({ extraSpecs: [], ...selector }, flavor)).toBe(expected);
  });
});
