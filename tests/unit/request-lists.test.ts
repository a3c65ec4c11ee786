import { RegisteredFlavorsError } from '../../src/errors';
import { readLists } from '../../src/registrations/request-lists';

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);
const types = (count: number) => numbered('type-', count);
const ids = (count: number) => numbered('id-', count);

/** The codes of what is wrong with the lists; empty when they are taken. */
function problems(serviceTypes: string[], flavorIds?: string[]): { code: string; detail: string }[] {
  try {
    readLists(serviceTypes, flavorIds);
  } catch (error) {
    if (error instanceof RegisteredFlavorsError && error.kind === 'invalid input') return [...error.problems];
    throw error;
  }
  return [];
}

const codes = (serviceTypes: string[], flavorIds?: string[]) =>
  problems(serviceTypes, flavorIds).map(({ code }) => code.replace('registered-flavors.', ''));

describe('readLists', () => {
  it('keeps each item once, in the order given', () => {
    expect(readLists(['redis', 'mysql', 'redis'], ['7', '007', '7', 'Case', 'case', '7'])).toEqual({
      serviceTypes: ['redis', 'mysql'],
      flavorIds: ['7', '007', 'Case', 'case'],
    });
  });

  it('needs no flavor IDs', () => {
    expect(readLists(['redis'])).toEqual({ serviceTypes: ['redis'], flavorIds: [] });
  });

  it.each([
    { serviceTypes: 100, flavorIds: 0, expected: [] },
    { serviceTypes: 101, flavorIds: 0, expected: ['service_type.too_many'] },
    { serviceTypes: 1, flavorIds: 1000, expected: [] },
    { serviceTypes: 1, flavorIds: 1001, expected: ['flavor_id.too_many'] },
    { serviceTypes: 100, flavorIds: 100, expected: [] },
    { serviceTypes: 10, flavorIds: 1000, expected: [] },
    { serviceTypes: 73, flavorIds: 137, expected: ['pair.too_many'] },
    { serviceTypes: 100, flavorIds: 101, expected: ['pair.too_many'] },
    { serviceTypes: 101, flavorIds: 100, expected: ['service_type.too_many', 'pair.too_many'] },
    { serviceTypes: 10, flavorIds: 1001, expected: ['flavor_id.too_many', 'pair.too_many'] },
    {
      serviceTypes: 101,
      flavorIds: 1001,
      expected: ['service_type.too_many', 'flavor_id.too_many', 'pair.too_many'],
    },
  ])('of $serviceTypes service types and $flavorIds flavor IDs says $expected', (named) => {
    expect(codes(types(named.serviceTypes), ids(named.flavorIds))).toEqual(named.expected);
  });

  it('counts duplicates once', () => {
    const hundred = types(100);
    const thousand = ids(1000);
    expect([codes([...hundred, ...hundred]), codes(['redis'], [...thousand, ...thousand])]).toEqual([[], []]);
  });

  it('says how many there are, and how many there may be', () => {
    expect(problems([...types(101), 'type-0'], ids(1001)).map(({ detail }) => detail)).toEqual([
      '101 service types are named; one request takes up to 100.',
      '1001 flavor IDs are named; one request takes up to 1000.',
      '101 service types and 1001 flavor IDs are 101101 pairs; one request takes up to 10000.',
    ]);
  });
});
