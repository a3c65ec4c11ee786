import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { RegisteredFlavorsError } from '../../src/errors';
import { FLAVOR_STATUSES, normalized, type ReadRequest, requestKey } from '../../src/registrations/read-request';

const PLAIN: ReadRequest = {
  ...{ serviceTypes: ['redis'], flavorIds: undefined, selector: undefined, statuses: undefined },
  ...{ hydrate: true, asProject: undefined, page: undefined },
};

const keyOf = (request: Partial<ReadRequest>) => requestKey(normalized({ ...PLAIN, ...request }));

function refusal(request: Partial<ReadRequest>): unknown {
  try {
    return normalized({ ...PLAIN, ...request });
  } catch (error) {
    if (error instanceof RegisteredFlavorsError) return { kind: error.kind, problems: error.problems };
    throw error;
  }
}

describe('a request to read', () => {
  it('is the same for the service in whatever order and how often it names things', () => {
    const request = normalized({
      ...{ ...PLAIN, serviceTypes: ['redis', 'mysql', 'redis'], flavorIds: ['b', 'B', '10', '9', 'b'] },
      selector: { extraSpecs: ['b:1', 'a:1', 'b:1'], minRam: 1 },
      statuses: ['changed', 'available', 'changed'],
    });
    expect(request).toEqual({
      ...{ ...PLAIN, serviceTypes: ['mysql', 'redis'], flavorIds: ['10', '9', 'B', 'b'] },
      ...{ selector: { extraSpecs: ['a:1', 'b:1'], minRam: 1 }, statuses: ['available', 'changed'] },
    });
  });

  it('names the flavors that are in both of its lists', () => {
    const both = { ...PLAIN, flavorIds: ['b', 'c', 'a'], onlyFlavorIds: ['d', 'c', 'a', 'c'] };
    expect(normalized(both)).toEqual({ ...PLAIN, flavorIds: ['a', 'c'] });
    expect(normalized({ ...both, onlyFlavorIds: ['d'] }).flavorIds).toEqual([]);
  });

  it.each(['flavorIds', 'onlyFlavorIds'] as const)(
    'takes up to 1,000 flavors in %s, whatever the other has',
    (list) => {
      const many = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
      const named = (count: number) => ({ flavorIds: ['1'], onlyFlavorIds: ['1'], [list]: many(count) });
      expect(normalized({ ...PLAIN, ...named(1000) }).flavorIds).toEqual(['1']);
      expect(refusal(named(1001))).toMatchObject({
        problems: [
          { code: 'registered-flavors.flavor_id.too_many', detail: expect.stringContaining('1001') as string },
        ],
      });
    },
  );

  it('keeps what it does not name apart from an empty list', () => {
    const request = normalized({ ...PLAIN, serviceTypes: undefined });
    expect([request.serviceTypes, request.flavorIds, request.selector, request.statuses]).toEqual([
      ...[undefined, undefined, undefined, undefined],
    ]);
    expect(normalized({ ...PLAIN, flavorIds: [], statuses: [] })).toMatchObject({ flavorIds: [], statuses: [] });
  });

  it.each<[string, Partial<ReadRequest>]>([
    ['name, extra_spec', { selector: { name: 'a', extraSpecs: ['a:1'] } }],
    [
      'min_vcpus, min_ram, min_disk, is_public',
      { selector: { minVcpus: 1, minRam: 0, minDisk: 2, isPublic: false, extraSpecs: [] } },
    ],
    ['status', { statuses: ['missing'] }],
    ['min_ram, status', { selector: { minRam: 0, extraSpecs: [] }, statuses: [] }],
  ])('cannot want %s without what Nova says', (named, wanted) => {
    expect(refusal({ ...wanted, hydrate: false })).toEqual({
      kind: 'invalid input',
      problems: [
        {
          code: 'registered-flavors.query.conflict',
          detail: `hydrate=false reads the registry alone. Leave it out, or leave out what only Nova knows: ${named}.`,
        },
      ],
    });
  });

  it('wants nothing of Nova when it is for the registry alone', () => {
    expect(normalized({ ...PLAIN, hydrate: false }).hydrate).toBe(false);
  });
});

describe('the key of a request', () => {
  it('is short where nothing but types is asked for, as by most', () => {
    expect([keyOf({ serviceTypes: ['redis', 'mysql'] }), keyOf({ serviceTypes: undefined })]).toEqual([
      ...['mysql,redis', '*'],
    ]);
  });

  it('is another one for the registry alone', () => {
    expect(keyOf({ hydrate: false })).not.toBe(keyOf({}));
  });

  it('is not that of another project where a page names it in its links, and only there', () => {
    const page = { limit: 10, marker: undefined };
    expect(keyOf({ page, asProject: 'p-1' })).not.toBe(keyOf({ page, asProject: 'p-2' }));
    expect(keyOf({ flavorIds: ['1'], asProject: 'p-1' })).toBe(keyOf({ flavorIds: ['1'], asProject: 'p-2' }));
  });

  it('is the same for the same request, and for no other', () => {
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
    const some = (...texts: string[]) => maybe(fc.subarray(texts));
    const number = () => maybe(fc.integer({ min: 0, max: 2 }));
    const glob = () => maybe(fc.constantFrom('', 'a', 'a*'));
    const requests = fc.record({
      serviceTypes: maybe(fc.subarray(['redis', 'mysql'], { minLength: 1 })),
      flavorIds: some('1', '2'),
      selector: maybe(
        fc.record({
          ...{ name: glob(), extraSpecs: fc.subarray(['a:1', 'b:1']), isPublic: maybe(fc.boolean()) },
          ...{ minVcpus: number(), minRam: number(), minDisk: number() },
        }),
      ),
      statuses: maybe(fc.subarray([...FLAVOR_STATUSES])),
      page: maybe(fc.record({ limit: fc.integer({ min: 1, max: 2 }), marker: some('a').map((list) => list?.[0]) })),
    });
    const request = fc
      .record({ hydrate: fc.boolean(), wanted: requests })
      .map(({ hydrate, wanted }) =>
        normalized({ ...PLAIN, ...wanted, hydrate: hydrate || !!wanted.selector || !!wanted.statuses }),
      );
    const twoOf = (some: ReadRequest): fc.Arbitrary<[ReadRequest, ReadRequest]> =>
      // Two that differ in one thing only are those that a key may take for the same.
      request.chain((other) =>
        fc
          .constantFrom(...(['serviceTypes', 'flavorIds', 'selector', 'statuses', 'page'] as const))
          .map((name) => [some, { ...some, [name]: other[name] }]),
      );
    const written = (some: ReadRequest) => JSON.parse(JSON.stringify(some)) as unknown;
    const pairs = fc.oneof(fc.tuple(request, request), request.chain(twoOf));
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        expect(requestKey(a) === requestKey(b)).toBe(isDeepStrictEqual(written(a), written(b)));
      }),
      { numRuns: 1000 },
    );
  });
});
