import fc from 'fast-check';
import { byTypeThenId, inByteOrder, type Registration } from '../../src/registrations/registration';
import { FLAVOR_ID_PATTERN } from '../../src/registrations/flavor-id';
import { SERVICE_TYPE_PATTERN } from '../../src/registrations/service-type';

/** Short ones of few letters, so that many begin alike; and all others. */
const strings = (few: string) => fc.oneof(fc.string({ unit: fc.constantFrom(...few), maxLength: 4 }), fc.string());
const flavorId = strings('aAb09._- ').filter((text) => FLAVOR_ID_PATTERN.test(text));
const serviceType = strings('ab09._-').filter((text) => SERVICE_TYPE_PATTERN.test(text));
const bytes = (text: string) => Buffer.from(text, 'utf8');

describe('inByteOrder', () => {
  it('sorts digits before capitals before small letters, and sees no numbers', () => {
    const sorted = ['a', 'B', 'b', 'A', '10', '9', '1', '1.0', '01', '-', '_', 'a b', 'a.b', 'aa'].toSorted(
      inByteOrder,
    );
    expect(sorted).toEqual(['-', '01', '1', '1.0', '10', '9', 'A', 'B', '_', 'a', 'a b', 'a.b', 'aa', 'b']);
  });

  it('is the order of the bytes, for all ids that there can be', () => {
    fc.assert(
      fc.property(flavorId, flavorId, (a, b) => {
        expect(inByteOrder(a, b)).toBe(Buffer.compare(bytes(a), bytes(b)));
      }),
    );
  });

  it('finds equal only what is equal', () => {
    expect([inByteOrder('a', 'a'), inByteOrder('a', 'A'), inByteOrder('1', '1.0'), inByteOrder('', '')]).toEqual([
      0, 1, -1, 0,
    ]);
  });
});

describe('byTypeThenId', () => {
  const pair = (type: string, id: string): Registration => ({ serviceType: type, flavorId: id });

  it('looks at the id only between equal types', () => {
    const pairs = [pair('redis', '1'), pair('mysql', '2'), pair('redis', '0'), pair('mysql', 'A'), pair('mysql', 'a')];
    expect(pairs.toSorted(byTypeThenId)).toEqual([
      pair('mysql', '2'),
      pair('mysql', 'A'),
      pair('mysql', 'a'),
      pair('redis', '0'),
      pair('redis', '1'),
    ]);
  });

  it('gives one order, however the pairs come', () => {
    const registration = fc.record({ serviceType, flavorId });
    fc.assert(
      fc.property(fc.array(registration), (pairs) => {
        // 0x00 is below every byte that a type can hold
        const inBytes = ({ serviceType: type, flavorId: id }: Registration) => bytes(`${type}\u0000${id}`);
        const expected = pairs.toSorted((a, b) => Buffer.compare(inBytes(a), inBytes(b)));
        expect(pairs.toReversed().toSorted(byTypeThenId)).toEqual(expected);
      }),
    );
  });
});
