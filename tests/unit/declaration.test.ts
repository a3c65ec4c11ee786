import fc from 'fast-check';
import { RegisteredFlavorsError } from '../../src/errors';
import type { Declaration } from '../../src/registrations/declaration';
import { type Difference } from '../../src/registrations/declaration';
import type { RegistrationsPiece } from '../../src/registrations/registration-store';
import { declared, numbered } from '../store/examples';

type Document = Record<string, string[]>;

const textOf = ({ serviceType, flavorId }: { serviceType: string; flavorId: string }) => `${serviceType} ${flavorId}`;
const pairsOf = (document: Document) =>
  Object.entries(document).flatMap(([serviceType, ids]) => ids.map((flavorId) => textOf({ serviceType, flavorId })));

/** In pieces of so many types. */
async function* pieces(document: Document, size = 1): AsyncGenerator<RegistrationsPiece> {
  const entries = Object.entries(document);
  for (let from = 0; from < entries.length; from += size) yield entries.slice(from, from + size);
}

const compare = (declaration: Declaration, standing: Document): Promise<Difference> =>
  declaration.compare({ registrations: pieces(standing), nextTurn: () => undefined });

describe('a declaration', () => {
  it('tells what is new, what is gone and how much stays', async () => {
    const declaration = declared({ redis: ['2', '4', '2'], mysql: [], vertica: ['1'] });
    expect([declaration.pairs, declaration.serviceTypes]).toEqual([3, ['redis', 'mysql', 'vertica']]);
    const standing = { kafka: ['1'], mysql: ['1', '2'], redis: ['1', '2', '3'] };
    const { registered, deregistered, unchanged } = await compare(declaration, standing);
    expect([registered.map(textOf), deregistered.map(textOf), unchanged]).toEqual([
      ['redis 4', 'vertica 1'],
      ['kafka 1', 'mysql 1', 'mysql 2', 'redis 1', 'redis 3'],
      1,
    ]);
  });

  it('can be compared again, with something else', async () => {
    const declaration = declared({ redis: ['1', '2'] });
    expect(await compare(declaration, { redis: ['1', '2'] })).toEqual({
      registered: [],
      deregistered: [],
      unchanged: 2,
    });
    const { registered, unchanged } = await compare(declaration, { redis: ['2'] });
    expect([registered.map(textOf), unchanged]).toEqual([['redis 1'], 1]);
  });

  it('names a service type once', () => {
    const declaration = declared({});
    expect([declaration.name('__proto__'), declaration.name('redis'), declaration.name('redis')]).toEqual([
      ...[true, true, false],
    ]);
    expect(() => declaration.add('mysql', '1')).toThrow('not named');
  });

  it('leads from any document to any other, and names pairs by type, then id, each once', async () => {
    const ids = fc.uniqueArray(fc.constantFrom('1', '2', '10', 'B', 'b', 'constructor'));
    const any = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', '7'), ids);
    await fc.assert(
      fc.asyncProperty(any, any, async (standing, wanted) => {
        const { registered, deregistered, unchanged } = await compare(declared(wanted), standing);
        const after = new Set(pairsOf(standing));
        for (const pair of deregistered) expect(after.delete(textOf(pair))).toBe(true);
        expect(after.size).toBe(unchanged);
        for (const pair of registered) after.add(textOf(pair));
        expect(after.size).toBe(unchanged + registered.length);
        expect([...after].sort()).toEqual(pairsOf(wanted).sort());
        for (const list of [registered, deregistered]) {
          const texts = list.map(({ serviceType, flavorId }) => `${serviceType}\0${flavorId}`);
          expect(texts).toEqual([...texts].sort());
        }
      }),
    );
  });

  it('may be as large as what stands, and 10,000 pairs more', async () => {
    const standing = { a: numbered('a', 20_000), b: numbered('b', 20_000) };
    const room = { registrations: 40_000, serviceTypes: 2 };
    const larger = { ...standing, b: numbered('b', 30_000) };
    expect(await compare(declared(standing, room), standing)).toEqual({
      ...{ registered: [], deregistered: [], unchanged: 40_000 },
    });
    expect((await compare(declared(larger, room), standing)).registered).toHaveLength(10_000);
    const tooMany = () => declared({ ...larger, c: ['1'] }, room);
    expect(tooMany).toThrow(RegisteredFlavorsError);
    expect(tooMany).toThrow(
      'The document has more than 50000 pairs of service type and flavor: 40000 stand, and one request registers up to ' +
        '10000 pairs more. Nothing was changed. Go on in steps of up to 10000 pairs: the document of PUT or PATCH may ' +
        'differ by so many from what stands, and POST and DELETE take so many.',
    );
  });

  it('may name as many service types as stand, and 10,000 more', () => {
    const room = { registrations: 0, serviceTypes: 1 };
    const named = (count: number) => declared(Object.fromEntries(numbered('t', count).map((type) => [type, []])), room);
    expect(named(10_001).serviceTypes).toHaveLength(10_001);
    expect(() => named(10_002)).toThrow('The document has more than 10001 service types: 1 stand,');
  });

  it.each([
    ['comes', { a: [] }, 'register 10001 pairs and deregister 0'],
    ['goes', { a: numbered('a', 20_002) }, 'register 0 pairs and deregister 10001'],
  ])('is refused when more than 10,000 pairs are changed, whether it %s', async (_which, standing, told) => {
    const declaration = declared({ a: numbered('a', 10_001) }, { registrations: 10_001, serviceTypes: 1 });
    await expect(compare(declaration, standing)).rejects.toThrow(
      `This would ${told}; one request changes up to 10000.`,
    );
  });

  it('lets others have their turn while it looks for what is new', async () => {
    let turns = 0;
    const declaration = declared({ a: numbered('a', 1000) });
    await declaration.compare({ registrations: pieces({}), nextTurn: () => void (turns += 1) });
    expect(turns).toBeGreaterThan(10);
  });
});
