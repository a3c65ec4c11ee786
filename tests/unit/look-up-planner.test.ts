import fc from 'fast-check';
import { planLookUp } from '../../src/openstack/look-up-planner';

const ids = (count: number) => Array.from({ length: count }, (_, at) => `id-${at}`);

describe('planLookUp', () => {
  it.each([
    { asked: 0, seen: undefined, plan: 'get each' },
    { asked: 1, seen: undefined, plan: 'get each' },
    { asked: 16, seen: undefined, plan: 'get each' },
    { asked: 17, seen: undefined, plan: 'walk the list' },
    { asked: 1000, seen: undefined, plan: 'walk the list' },
    { asked: 1, seen: 0, plan: 'walk the list' },
    { asked: 1, seen: 24, plan: 'walk the list' },
    { asked: 1, seen: 25, plan: 'get each' },
    { asked: 16, seen: 399, plan: 'walk the list' },
    { asked: 17, seen: 425, plan: 'get each' },
    { asked: 40, seen: 999, plan: 'walk the list' },
    { asked: 40, seen: 1000, plan: 'get each' },
    { asked: 41, seen: 1000, plan: 'walk the list' },
    { asked: 1000, seen: 2000, plan: 'walk the list' },
    { asked: 1000, seen: 25_000, plan: 'get each' },
  ])('$asked ids, $seen flavors seen by the last walk: $plan', ({ asked, seen, plan }) => {
    expect(planLookUp(ids(asked), seen)).toBe(plan);
  });

  it.each(['detail', '.', '..'])('walks for "%s", which no path reaches, whatever that costs', (id) => {
    expect([planLookUp([id], undefined), planLookUp(['id-1', id], 1_000_000)]).toEqual([
      'walk the list',
      'walk the list',
    ]);
  });

  it.each(['Detail', 'detail ', 'details', '...', '.-'])('gets "%s" by its path', (id) => {
    expect(planLookUp([id], 1_000_000)).toBe('get each');
  });

  const count = fc.nat({ max: 1000 });
  const flavors = fc.nat({ max: 50_000 });

  it('never turns to walking because Nova has more flavors', () => {
    fc.assert(
      fc.property(count, flavors, flavors, (asked, seen, more) => {
        fc.pre(planLookUp(ids(asked), seen) === 'get each');
        expect(planLookUp(ids(asked), seen + more)).toBe('get each');
      }),
    );
  });

  it('never turns to asking one by one because more is asked', () => {
    fc.assert(
      fc.property(count, count, fc.option(flavors, { nil: undefined }), (asked, more, seen) => {
        fc.pre(planLookUp(ids(asked), seen) === 'walk the list');
        expect(planLookUp(ids(asked + more), seen)).toBe('walk the list');
      }),
    );
  });
});
