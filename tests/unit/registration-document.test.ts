import fc from 'fast-check';
import { RegisteredFlavorsError } from '../../src/errors';
import { differenceOf, readDocument, type RegistrationDocument } from '../../src/registrations/registration-document';

const document = (entries: Record<string, string[]>): RegistrationDocument => new Map(Object.entries(entries));
const textOf = ({ serviceType, flavorId }: { serviceType: string; flavorId: string }) => `${serviceType} ${flavorId}`;

describe('readDocument', () => {
  it('sorts types and ids in byte order, and keeps each id once', () => {
    const read = readDocument([
      ['redis', ['b', 'B', '10', '9', 'b']],
      ['mysql', []],
      ['__proto__', ['1']],
    ]);
    expect([...read]).toEqual([
      ['__proto__', ['1']],
      ['mysql', []],
      ['redis', ['10', '9', 'B', 'b']],
    ]);
  });

  it('takes 10,000 pairs and no more; duplicates count once', () => {
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
    const half: [string, string[]] = ['a', ids(5000)];
    expect(readDocument([half, ['b', [...ids(5000), ...ids(5000)]]]).size).toBe(2);
    const tooMany = () => readDocument([half, ['b', ids(5001)]]);
    expect(tooMany).toThrow(RegisteredFlavorsError);
    expect(tooMany).toThrow(
      'The document has 10001 pairs of service type and flavor; one request takes up to 10000. PATCH takes it in parts.',
    );
  });
});

it('readDocument takes 10,000 service types and no more, empty ones too', () => {
  const types = (count: number) => Array.from({ length: count }, (_, index): [string, string[]] => [`t${index}`, []]);
  expect(readDocument(types(10_000)).size).toBe(10_000);
  expect(() => readDocument(types(10_001))).toThrow('The document has 10001 service types;');
});

describe('differenceOf', () => {
  it('tells what is new, what is gone and how much stays', () => {
    const standing = document({ kafka: ['1'], mysql: ['1', '2'], redis: ['1', '2', '3'] });
    const { registered, deregistered, unchanged } = differenceOf(
      standing,
      document({ redis: ['2', '4'], mysql: [], vertica: ['1'] }),
    );
    expect([registered.map(textOf), deregistered.map(textOf), unchanged]).toEqual([
      ['redis 4', 'vertica 1'],
      ['kafka 1', 'mysql 1', 'mysql 2', 'redis 1', 'redis 3'],
      1,
    ]);
  });

  it('leads from any document to any other, and names no pair twice', () => {
    const ids = fc.uniqueArray(fc.constantFrom('1', '2', '3', 'constructor'));
    const any = fc
      .dictionary(fc.constantFrom('a', 'b', 'c'), ids)
      .map((entries) => readDocument(Object.entries(entries)));
    const pairsOf = (each: RegistrationDocument) =>
      [...each].flatMap(([serviceType, list]) => list.map((flavorId) => textOf({ serviceType, flavorId })));
    fc.assert(
      fc.property(any, any, (standing, declared) => {
        const { registered, deregistered, unchanged } = differenceOf(standing, declared);
        const after = new Set(pairsOf(standing));
        for (const pair of deregistered) expect(after.delete(textOf(pair))).toBe(true);
        expect(after.size).toBe(unchanged);
        for (const pair of registered) after.add(textOf(pair));
        expect(after.size).toBe(unchanged + registered.length);
        expect([...after].sort()).toEqual(pairsOf(declared).sort());
      }),
    );
  });
});

it('differenceOf names pairs by type, then id, whichever document names the type', () => {
  const difference = differenceOf(
    new Map([['m', ['1']]]),
    new Map([
      ['a', ['1']],
      ['m', ['1', '2']],
      ['z', ['1']],
    ]),
  );
  expect(difference.registered.map(({ serviceType }) => serviceType)).toEqual(['a', 'm', 'z']);
});
